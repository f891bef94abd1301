// Loads a SavedModel as a C++ program of TensorFlow 1 days does, which knows the names of tensors and no signatures.
//
//   old_client EXPORT_DIR TAG < runs > answers
//
// Runs are lines of words:
//
//   feed TENSOR DTYPE RANK DIM... VALUE...     as cpp_client.cc reads tensors
//   fetch TENSOR
//   run
//
// For `run` it prints the fetched tensors, and then `done`; or `failed` and why.
// cpp_programs.cc makes a program of it, and includes cpp_client.cc before it.

int OldClient(int, char** arguments) {
  tf::SavedModelBundleLite bundle;
  absl::Status status = tf::LoadSavedModel({}, {}, arguments[1], {arguments[2]}, &bundle);
  if (!status.ok()) return Fail(status);
  std::vector<std::pair<std::string, tf::Tensor>> feeds;
  std::vector<std::string> fetches;
  std::string line;
  while (std::getline(std::cin, line)) {
    std::istringstream words(line);
    std::string first, name;
    words >> first >> name;
    if (first == "feed") feeds.emplace_back(name, ReadTensor(words));
    if (first == "fetch") fetches.push_back(name);
    if (first != "run") continue;
    std::vector<tf::Tensor> outputs;
    status = bundle.GetSession()->Run(feeds, fetches, {}, &outputs);
    for (size_t i = 0; i < outputs.size(); ++i) PrintTensor(fetches[i], outputs[i]);
    std::printf(status.ok() ? "done\n" : "failed\ndone\n");
    feeds.clear();
    fetches.clear();
  }
  return 0;
}

// Loads a SavedModel as a C++ server does, and asks of each signature what TensorFlow Serving's Classify and Regress
// would answer to some serialized tf.Examples.
//
//   cpp_method_names EXPORT_DIR TAG EXAMPLE...      the examples in hexadecimal
//
// For each signature, by key, it prints three lines of words separated by tabs:
//
//   signature KEY METHOD_NAME
//   classify refused REASON    or    classify LABEL:SCORE...   one word a class; examples separated by the word |
//   regress refused REASON     or    regress VALUE...          one word an example

#include <cstdio>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "tensorflow/cc/saved_model/loader.h"
#include "tensorflow/core/framework/tensor.h"
#include "tensorflow/core/protobuf/meta_graph.pb.h"
#include "tensorflow/core/public/session.h"

namespace tf = tensorflow;

// What a call gave: its outputs by key, or why there are none.
struct Answer {
  std::string refused;
  std::map<std::string, tf::Tensor> outputs;
};

std::string FromHex(const std::string& text) {
  std::string bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

std::string OneLine(std::string text) {
  for (char& c : text) {
    if (c == '\n' || c == '\t') c = ' ';
  }
  return text;
}

// The rules that both APIs have in common: the method name, one input `inputs`, and a call with examples.
Answer Call(tf::Session* session, const tf::SignatureDef& signature, const std::string& method,
            const std::vector<std::string>& keys, const tf::Tensor& examples) {
  Answer answer;
  if (signature.method_name() != "tensorflow/serving/" + method) answer.refused = "method name";
  if (signature.inputs().size() != 1 || !signature.inputs().count("inputs")) answer.refused += " input keys";
  std::vector<std::string> present, fetches;
  for (const std::string& key : keys) {
    const auto found = signature.outputs().find(key);
    if (found == signature.outputs().end()) continue;
    present.push_back(key);
    fetches.push_back(found->second.name());
  }
  if (present.empty() || signature.outputs().size() > keys.size()) answer.refused += " output keys";
  if (!answer.refused.empty()) return answer;
  std::vector<tf::Tensor> fetched;
  const absl::Status status =
      session->Run({{signature.inputs().at("inputs").name(), examples}}, fetches, {}, &fetched);
  if (!status.ok()) {
    answer.refused = OneLine(status.ToString());
    return answer;
  }
  for (size_t i = 0; i < present.size(); ++i) answer.outputs[present[i]] = fetched[i];
  return answer;
}

std::string Classify(tf::Session* session, const tf::SignatureDef& signature, const tf::Tensor& examples) {
  const Answer answer = Call(session, signature, "classify", {"classes", "scores"}, examples);
  if (!answer.refused.empty()) return "refused\t" + answer.refused;
  int64_t width = -1;
  for (const auto& [key, tensor] : answer.outputs) {
    if (tensor.dtype() != (key == "classes" ? tf::DT_STRING : tf::DT_FLOAT)) return "refused\tdtype of " + key;
    if (tensor.dims() != 2) return "refused\trank of " + key;
    if (tensor.dim_size(0) != examples.NumElements()) return "refused\tbatch of " + key;
    if (width >= 0 && tensor.dim_size(1) != width) return "refused\twidths differ";
    width = tensor.dim_size(1);
  }
  std::string words;
  for (int64_t i = 0; i < examples.NumElements(); ++i) {
    if (i) words += "|\t";
    for (int64_t j = 0; j < width; ++j) {
      if (answer.outputs.count("classes")) words += std::string(answer.outputs.at("classes").matrix<tf::tstring>()(i, j));
      words += ":";
      if (answer.outputs.count("scores")) words += std::to_string(answer.outputs.at("scores").matrix<float>()(i, j));
      words += "\t";
    }
  }
  return words;
}

std::string Regress(tf::Session* session, const tf::SignatureDef& signature, const tf::Tensor& examples) {
  const Answer answer = Call(session, signature, "regress", {"outputs"}, examples);
  if (!answer.refused.empty()) return "refused\t" + answer.refused;
  const tf::Tensor& tensor = answer.outputs.at("outputs");
  if (tensor.dtype() != tf::DT_FLOAT) return "refused\tdtype of outputs";
  if (tensor.dims() < 1 || tensor.dims() > 2 || (tensor.dims() == 2 && tensor.dim_size(1) != 1)) {
    return "refused\tshape of outputs";
  }
  if (tensor.dim_size(0) != examples.NumElements()) return "refused\tbatch of outputs";
  std::string words;
  for (int64_t i = 0; i < tensor.NumElements(); ++i) words += std::to_string(tensor.flat<float>()(i)) + "\t";
  return words;
}

int CppMethodNames(int count, char** arguments) {
  tf::SavedModelBundle bundle;
  const absl::Status status = tf::LoadSavedModel({}, {}, arguments[1], {arguments[2]}, &bundle);
  if (!status.ok()) {
    std::cerr << status.ToString() << std::endl;
    return 1;
  }
  tf::Tensor examples(tf::DT_STRING, tf::TensorShape({count - 3}));
  for (int i = 3; i < count; ++i) examples.flat<tf::tstring>()(i - 3) = FromHex(arguments[i]);
  const auto& signatures = bundle.GetSignatures();
  for (const auto& [key, signature] : std::map<std::string, tf::SignatureDef>(signatures.begin(), signatures.end())) {
    std::printf("signature\t%s\t%s\n", key.c_str(), signature.method_name().c_str());
    std::printf("classify\t%s\n", Classify(bundle.GetSession(), signature, examples).c_str());
    std::printf("regress\t%s\n", Regress(bundle.GetSession(), signature, examples).c_str());
  }
  return 0;
}

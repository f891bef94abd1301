// Loads a SavedModel as a C++ server does and calls its signatures.
//
//   cpp_client EXPORT_DIR TAG < calls > answers
//
// Calls and answers are lines of words:
//
//   call SIGNATURE
//   NAME DTYPE RANK DIM... VALUE...      an input, of dtype float, double, int64, int32 or string (in hexadecimal, "-" if empty)
//   run
//
// For `run` it prints the outputs in the same form and then `done`. State lives from call to call.
// cpp_programs.cc makes a program of it.

#include <cstdio>
#include <iostream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "tensorflow/cc/saved_model/loader.h"
#include "tensorflow/core/framework/tensor.h"
#include "tensorflow/core/public/session.h"

namespace tf = tensorflow;

std::string FromHex(const std::string& text) {
  std::string bytes;
  if (text == "-") return bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

tf::Tensor ReadTensor(std::istream& words) {
  std::string dtype;
  int rank;
  words >> dtype >> rank;
  tf::TensorShape shape;
  for (int64_t i = 0, dim; i < rank; ++i) {
    words >> dim;
    shape.AddDim(dim);
  }
  tf::Tensor tensor(dtype == "float"    ? tf::DT_FLOAT
                    : dtype == "double" ? tf::DT_DOUBLE
                    : dtype == "int64"  ? tf::DT_INT64
                    : dtype == "int32"  ? tf::DT_INT32
                                        : tf::DT_STRING,
                    shape);
  for (int64_t i = 0; i < tensor.NumElements(); ++i) {
    if (dtype == "float") words >> static_cast<float*>(tensor.data())[i];
    if (dtype == "double") words >> static_cast<double*>(tensor.data())[i];
    if (dtype == "int64") words >> static_cast<int64_t*>(tensor.data())[i];
    if (dtype == "int32") words >> static_cast<int32_t*>(tensor.data())[i];
    if (dtype == "string") {
      std::string text;
      words >> text;
      static_cast<tf::tstring*>(tensor.data())[i] = FromHex(text);
    }
  }
  return tensor;
}

void PrintTensor(const std::string& name, const tf::Tensor& tensor) {
  std::printf("%s %s %d", name.c_str(), tf::DataTypeString(tensor.dtype()).c_str(), tensor.dims());
  for (int i = 0; i < tensor.dims(); ++i) std::printf(" %lld", static_cast<long long>(tensor.dim_size(i)));
  for (int64_t i = 0; i < tensor.NumElements(); ++i) {
    if (tensor.dtype() == tf::DT_FLOAT) std::printf(" %.9g", static_cast<float*>(tensor.data())[i]);
    if (tensor.dtype() == tf::DT_DOUBLE) std::printf(" %.17g", static_cast<double*>(tensor.data())[i]);
    if (tensor.dtype() == tf::DT_INT64) {
      std::printf(" %lld", static_cast<long long>(static_cast<int64_t*>(tensor.data())[i]));
    }
    if (tensor.dtype() == tf::DT_INT32) std::printf(" %d", static_cast<int32_t*>(tensor.data())[i]);
    if (tensor.dtype() == tf::DT_STRING) {
      const tf::tstring& text = static_cast<tf::tstring*>(tensor.data())[i];
      std::printf(" %s", text.empty() ? "-" : "");
      for (unsigned char byte : std::string(text)) std::printf("%02x", byte);
    }
  }
  std::printf("\n");
}

int Fail(const absl::Status& status) {
  std::cerr << status.ToString() << std::endl;
  return 1;
}

int CppClient(int, char** arguments) {
  tf::SavedModelBundleLite bundle;
  absl::Status status = tf::LoadSavedModel({}, {}, arguments[1], {arguments[2]}, &bundle);
  if (!status.ok()) return Fail(status);
  const auto& signatures = bundle.GetSignatures();
  std::string line, key;
  std::vector<std::pair<std::string, tf::Tensor>> inputs;
  while (std::getline(std::cin, line)) {
    std::istringstream words(line);
    std::string first;
    words >> first;
    if (first == "call") {
      words >> key;
      inputs.clear();
    } else if (first != "run") {
      inputs.emplace_back(signatures.at(key).inputs().at(first).name(), ReadTensor(words));
    } else {
      std::vector<std::string> names, fetches;
      for (const auto& output : signatures.at(key).outputs()) {
        names.push_back(output.first);
        fetches.push_back(output.second.name());
      }
      std::vector<tf::Tensor> outputs;
      status = bundle.GetSession()->Run(inputs, fetches, {}, &outputs);
      if (!status.ok()) return Fail(status);
      for (size_t i = 0; i < names.size(); ++i) PrintTensor(names[i], outputs[i]);
      std::printf("done\n");
    }
  }
  return 0;
}

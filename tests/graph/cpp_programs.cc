// The C++ programs of the tests in one, which is as the name by which it is called: TensorFlow's headers are compiled once.

#include <cstdio>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "tensorflow/cc/saved_model/loader.h"
#include "tensorflow/core/framework/tensor.h"
#include "tensorflow/core/protobuf/meta_graph.pb.h"
#include "tensorflow/core/public/session.h"

#include "cpp_client.cc"
#include "legacy_names/old_client.cc"

namespace method_names {
#include "../restore/cpp_method_names.cc"
}

int main(int count, char** arguments) {
  const std::string called = arguments[0];
  const std::string name = called.substr(called.rfind('/') + 1);
  if (name == "cpp_client") return CppClient(count, arguments);
  if (name == "old_client") return OldClient(count, arguments);
  if (name == "cpp_method_names") return method_names::CppMethodNames(count, arguments);
  std::cerr << "no program " << name << std::endl;
  return 1;
}

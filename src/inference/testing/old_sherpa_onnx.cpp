// SPDX-License-Identifier: Apache-2.0
// A library that says it is another version of sherpa-onnx.
extern "C" const char* SherpaOnnxGetVersionStr() { return "1.12.9"; }

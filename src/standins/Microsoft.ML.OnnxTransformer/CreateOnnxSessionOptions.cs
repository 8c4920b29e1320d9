using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.Transforms.Onnx;

public delegate SessionOptions CreateOnnxSessionOptions();

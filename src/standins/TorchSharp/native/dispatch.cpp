// Opens libtorch's own dispatcher to C#: an operator is found by its ATen schema name and called with boxed arguments.
// Nothing here knows a single operator, so the file stays small and compiles against any libtorch from 1.13 on.
#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/Stream.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/variable.h>

#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#define SCINTI_API extern "C" __attribute__((visibility("default")))

namespace {

// What an argument or a result is. C# has the same list.
enum Kind : int64_t {
  None, Tensor, Int, Double, Bool, IntList, DoubleList, TensorList, OptionalTensorList, Text, Device, Generator
};

struct Value {
  int64_t kind;
  union { int64_t integer; double real; void* pointer; };
  int64_t count;
};

thread_local std::string last_error;
thread_local std::vector<c10::IValue> stack;

// No exception may cross into C#: every function that can fail goes through here and answers 0 when all went well.
template <class Body>
int guarded(Body body) {
  try {
    body();
    return 0;
  } catch (const std::exception& e) {
    last_error = e.what();
  } catch (...) {
    last_error = "an unknown error in libtorch";
  }
  return 1;
}

// A handle is a TensorImpl with one reference of its own; 'borrow' adds one for the time of the call.
at::Tensor borrow(void* handle) {
  if (handle == nullptr) return at::Tensor();
  return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(static_cast<c10::TensorImpl*>(handle)));
}

void* release(at::Tensor tensor) {
  return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr;
}

at::Generator generator(void* handle) {
  return at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(static_cast<c10::GeneratorImpl*>(handle)));
}

c10::IValue boxed(const Value& v) {
  switch (v.kind) {
    case Tensor: return borrow(v.pointer);
    case Int: return v.integer;
    case Double: return v.real;
    case Bool: return v.integer != 0;
    case IntList: {
      auto from = static_cast<int64_t*>(v.pointer);
      return c10::IValue(at::IntArrayRef(from, v.count));
    }
    case DoubleList: {
      auto from = static_cast<double*>(v.pointer);
      return c10::IValue(at::ArrayRef<double>(from, v.count));
    }
    case TensorList: {
      c10::List<at::Tensor> list;
      list.reserve(v.count);
      for (int64_t i = 0; i < v.count; i++) list.push_back(borrow(static_cast<void**>(v.pointer)[i]));
      return list;
    }
    case OptionalTensorList: {
      // Built by its type: what an optional is called differs between the versions of libtorch.
      c10::impl::GenericList list(c10::OptionalType::create(c10::TensorType::get()));
      list.reserve(v.count);
      for (int64_t i = 0; i < v.count; i++) {
        auto handle = static_cast<void**>(v.pointer)[i];
        list.push_back(handle == nullptr ? c10::IValue() : c10::IValue(borrow(handle)));
      }
      return list;
    }
    case Text: return std::string(static_cast<char*>(v.pointer), v.count);
    case Device: return c10::Device(static_cast<c10::DeviceType>(v.integer), static_cast<c10::DeviceIndex>(v.count));
    case Generator: return generator(v.pointer);
    default: return c10::IValue();
  }
}

Value unboxed(c10::IValue&& v) {
  Value out{None, {0}, 0};
  if (v.isTensor()) {
    out.kind = Tensor;
    out.pointer = release(std::move(v).toTensor());
  } else if (v.isInt()) {
    out.kind = Int;
    out.integer = v.toInt();
  } else if (v.isDouble()) {
    out.kind = Double;
    out.real = v.toDouble();
  } else if (v.isBool()) {
    out.kind = Bool;
    out.integer = v.toBool();
  } else if (v.isTensorList()) {
    auto list = v.toTensorVector();
    auto handles = static_cast<void**>(std::malloc(sizeof(void*) * (list.size() + 1)));
    for (size_t i = 0; i < list.size(); i++) handles[i] = release(std::move(list[i]));
    out.kind = TensorList;
    out.pointer = handles;
    out.count = static_cast<int64_t>(list.size());
  }
  return out;
}

}  // namespace

SCINTI_API const char* scinti_error() { return last_error.c_str(); }

SCINTI_API void scinti_release_list(void* list) { std::free(list); }

// ---- operators ----

SCINTI_API void* scinti_operator(const char* name, const char* overload) {
  void* found = nullptr;
  guarded([&] { found = new c10::OperatorHandle(c10::Dispatcher::singleton().findSchemaOrThrow(name, overload)); });
  return found;
}

SCINTI_API int scinti_call(void* op, const Value* arguments, int64_t count, Value* results, int64_t capacity, int64_t* produced) {
  int failed = guarded([&] {
    stack.clear();
    for (int64_t i = 0; i < count; i++) stack.push_back(boxed(arguments[i]));
    static_cast<c10::OperatorHandle*>(op)->callBoxed(stack);
    TORCH_CHECK(static_cast<int64_t>(stack.size()) <= capacity, "more results than expected");
    *produced = static_cast<int64_t>(stack.size());
    for (size_t i = 0; i < stack.size(); i++) results[i] = unboxed(std::move(stack[i]));
  });
  stack.clear();
  return failed;
}

// ---- tensors ----

SCINTI_API void scinti_tensor_free(void* handle) {
  c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(static_cast<c10::TensorImpl*>(handle));
}

// facts: element type, device type, device index, dimensions, elements, requires_grad, is_leaf, contiguous
SCINTI_API int scinti_tensor_facts(void* handle, int64_t* facts) {
  return guarded([&] {
    auto t = borrow(handle);
    facts[0] = static_cast<int64_t>(t.scalar_type());
    facts[1] = static_cast<int64_t>(t.device().type());
    facts[2] = t.device().index();
    facts[3] = t.dim();
    facts[4] = t.numel();
    facts[5] = t.requires_grad();
    facts[6] = t.is_leaf();
    facts[7] = t.is_contiguous();
  });
}

SCINTI_API int scinti_tensor_sizes(void* handle, int64_t* sizes, int64_t* strides) {
  return guarded([&] {
    auto t = borrow(handle);
    for (int64_t i = 0; i < t.dim(); i++) {
      sizes[i] = t.size(i);
      strides[i] = t.stride(i);
    }
  });
}

SCINTI_API int scinti_tensor_data(void* handle, void** data) {
  return guarded([&] { *data = borrow(handle).data_ptr(); });
}

SCINTI_API int scinti_tensor_alias(void* handle, void** alias) {
  return guarded([&] { *alias = release(borrow(handle)); });
}

// Takes over memory of the caller, who is told by 'deleter(context)' when libtorch no longer needs it.
SCINTI_API int scinti_tensor_from(void* data, const int64_t* sizes, int64_t dimensions, int64_t type, void (*deleter)(void*), void* context, void** tensor) {
  return guarded([&] {
    auto options = at::TensorOptions().dtype(static_cast<at::ScalarType>(type));
    *tensor = release(at::from_blob(data, at::IntArrayRef(sizes, dimensions), [=](void*) { deleter(context); }, options));
  });
}

// ---- gradients ----

SCINTI_API int scinti_set_requires_grad(void* handle, int on) {
  return guarded([&] { borrow(handle).set_requires_grad(on != 0); });
}

SCINTI_API int scinti_get_grads(void* const* handles, int64_t count, void** grads) {
  return guarded([&] {
    for (int64_t i = 0; i < count; i++) grads[i] = release(borrow(handles[i]).grad());
  });
}

SCINTI_API int scinti_set_grad(void* handle, void* grad) {
  return guarded([&] { borrow(handle).mutable_grad() = borrow(grad); });
}

SCINTI_API int scinti_backward(void* handle, void* gradient, int retain, int create, void* const* inputs, int64_t count) {
  return guarded([&] {
    torch::autograd::variable_list gradients;
    if (gradient != nullptr) gradients.push_back(borrow(gradient));
    torch::autograd::variable_list to;
    for (int64_t i = 0; i < count; i++) to.push_back(borrow(inputs[i]));
    torch::autograd::backward({borrow(handle)}, gradients, retain != 0, create != 0, to);
  });
}

SCINTI_API int scinti_grad_mode(int on) {
  bool before = c10::GradMode::is_enabled();
  if (on >= 0) c10::GradMode::set_enabled(on != 0);
  return before;
}

SCINTI_API void* scinti_inference_enter(int on) { return new c10::InferenceMode(on != 0); }
SCINTI_API void scinti_inference_leave(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }
SCINTI_API int scinti_inference_mode() { return c10::InferenceMode::is_enabled(); }

// ---- random numbers, threads, devices ----

SCINTI_API int scinti_manual_seed(int64_t seed) {
  return guarded([&] { at::manual_seed(static_cast<uint64_t>(seed)); });
}

SCINTI_API int scinti_generator(int64_t seed, int fresh, void** handle) {
  return guarded([&] {
    auto g = fresh ? at::make_generator<at::CPUGeneratorImpl>(static_cast<uint64_t>(seed)) : at::detail::getDefaultCPUGenerator();
    *handle = g.unsafeReleaseGeneratorImpl();
  });
}

SCINTI_API void scinti_generator_free(void* handle) {
  c10::intrusive_ptr<c10::GeneratorImpl>::reclaim(static_cast<c10::GeneratorImpl*>(handle));
}

// what: 0 = set the seed, 1 = the current seed, 2 = a seed of the machine's entropy
SCINTI_API int scinti_generator_seed(void* handle, int what, int64_t* seed) {
  return guarded([&] {
    auto g = generator(handle);
    std::lock_guard<std::mutex> lock(g.mutex());
    if (what == 0) g.set_current_seed(static_cast<uint64_t>(*seed));
    if (what == 1) *seed = static_cast<int64_t>(g.current_seed());
    if (what == 2) *seed = static_cast<int64_t>(g.seed());
  });
}

SCINTI_API int scinti_generator_state(void* handle, void** state, int set) {
  return guarded([&] {
    auto g = generator(handle);
    std::lock_guard<std::mutex> lock(g.mutex());
    if (set) g.set_state(borrow(*state));
    else *state = release(g.get_state());
  });
}

SCINTI_API int scinti_get_threads() { return at::get_num_threads(); }
SCINTI_API int scinti_set_threads(int count) {
  return guarded([&] { at::set_num_threads(count); });
}

SCINTI_API int scinti_cuda_devices() {
  int count = 0;
  guarded([&] { count = at::hasCUDA() ? static_cast<int>(at::getNumGPUs()) : 0; });
  return count;
}

SCINTI_API int scinti_cuda_cudnn() {
  int has = 0;
  guarded([&] { has = at::hasCUDA() && at::globalContext().hasCuDNN(); });
  return has;
}

SCINTI_API int scinti_cuda_synchronize(int device) {
  return guarded([&] {
    c10::Device place(c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(device));
    c10::impl::VirtualGuardImpl(c10::DeviceType::CUDA).getStream(place).synchronize();
  });
}

#!/bin/sh
# build.sh SOURCE TARGET [LIBTORCH]: compiles the binding and moves it into place when it is whole, so that builds running side by side do no harm.
# Exit code 3: no compiler, or no libtorch.
source=$1 target=$2 libtorch=$3
command -v g++ >/dev/null 2>&1 || exit 3
folder=$(dirname "$target")
mkdir -p "$folder" || exit 1
libraries="-ltorch -ltorch_cpu -lc10" flags=""
if [ -n "$libtorch" ]; then
  [ -f "$libtorch/include/ATen/ATen.h" ] || exit 3
  flags="-I$libtorch/include -I$libtorch/include/torch/csrc/api/include -L$libtorch/lib -Wl,-rpath,$libtorch/lib"
  # libtorch's own downloads come with the old or the new string ABI: ask the library which.
  if nm -DC "$libtorch/lib/libc10.so" 2>/dev/null | grep -q 'std::__cxx11::basic_string'; then abi=1; else abi=0; fi
  flags="$flags -D_GLIBCXX_USE_CXX11_ABI=$abi"
  # Nothing refers to the CUDA part by name, but its operators register themselves when it is loaded.
  [ -f "$libtorch/lib/libtorch_cuda.so" ] && libraries="$libraries -ltorch_cuda -lc10_cuda"
else
  printf '#include <ATen/ATen.h>\n' | g++ -std=c++17 -E -x c++ - >/dev/null 2>&1 || exit 3
fi
half="$folder/.half-$$.so"
trap 'rm -f "$half"' EXIT
# The newest headers want C++20, the older ones do not know it.
for standard in c++17 c++20; do
  if messages=$(g++ -std=$standard -O2 -fPIC -shared -fvisibility=hidden -w $flags "$source" -o "$half" -Wl,--no-as-needed $libraries -Wl,--no-undefined 2>&1); then
    mv -f "$half" "$target"
    exit 0
  fi
done
printf '%s\n' "$messages" | grep -m 5 error || printf '%s\n' "$messages" | tail -n 5
exit 1

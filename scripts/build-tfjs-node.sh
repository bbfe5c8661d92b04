#!/bin/sh
# Gives a project the package @tensorflow/tfjs-node on a current TensorFlow from PyPI (Linux x64), because the binaries
# that it downloads itself end at TensorFlow 2.9 and CUDA 11. Needs npm, pip, unzip and g++; 1.2 GB of disk.
#   sh scripts/build-tfjs-node.sh [PROJECT]
# With TENSORFLOW=tensorflow==2.21.0 and PACKAGE=@tensorflow/tfjs-node-gpu it takes the build that uses NVIDIA GPUs; CUDA
# and cuDNN must then be found by LD_LIBRARY_PATH (pip install "tensorflow[and-cuda]" has them).
set -eu
project=$(cd "${1:-.}" && pwd)
package=${PACKAGE:-@tensorflow/tfjs-node}
tensorflow=${TENSORFLOW:-tensorflow-cpu==2.21.0}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Without its install script, which would fetch the old binaries.
npm install --prefix "$project" --ignore-scripts --save-exact "$package@4.22.0"
npm install --prefix "$work" --ignore-scripts node-api-headers@1.9.0
python3 -m pip download --no-deps --only-binary=:all: --dest "$work" "$tensorflow"

home="$project/node_modules/$package"
mkdir -p "$home/deps/lib" "$home/lib/napi-v8"
unzip -q -o "$work"/tensorflow*.whl 'tensorflow/libtensorflow*' 'tensorflow/include/tensorflow/*' \
  'tensorflow/include/tsl/*' 'tensorflow/include/xla/tsl/c/*' -d "$work"
mv "$work"/tensorflow/libtensorflow* "$home/deps/lib/"
cd "$home"
g++ -std=c++17 -O2 -fPIC -shared -DNAPI_VERSION=8 -I. -I"$work/tensorflow/include" \
  -I"$work/node_modules/node-api-headers/include" binding/tfjs_backend.cc binding/tfjs_binding.cc \
  -o lib/napi-v8/tfjs_binding.node -Ldeps/lib -l:libtensorflow_cc.so.2 -l:libtensorflow_framework.so.2 \
  '-Wl,-rpath,$ORIGIN/../../deps/lib'
echo "$package is ready in $project"

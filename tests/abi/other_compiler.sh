#!/usr/bin/env bash
# other_compiler.sh TOOL SOURCE_ROOT WORK: builds the smallest connector with clang and libc++ and lets the validator
# run it. Where one of them is missing it says so; ctest then reports the test as skipped.
set -euo pipefail
tool=$1 root=$2 work=$3
skip() { echo "skipped: $*"; exit 0; }
command -v clang++ >/dev/null || skip 'clang++ is not installed (apt-get install clang)'
mkdir -p "$work/probe" "$work/libcxx"
echo '#include <string>
int main() { return std::string("x").size() == 1 ? 0 : 1; }' >"$work/probe/probe.cpp"
clang++ -std=c++20 -stdlib=libc++ "$work/probe/probe.cpp" -o "$work/probe/probe" 2>/dev/null ||
  skip 'libc++ is not installed (apt-get install libc++-dev libc++abi-dev)'

# The C++ face of the SDK uses libraries that Debian builds with libstdc++, so this connector stays with the C header.
clang++ -std=c++20 -stdlib=libc++ -Wall -Wextra -Werror -O1 -fPIC -shared -fvisibility=hidden \
  -I "$root/sdk/include" "$root/tests/abi/libcxx.cpp" -o "$work/libcxx/libcxx.so" \
  -Wl,-z,defs,--version-script="$root/sdk/cmake/connector.map"
printf '{"id": "libcxx", "name": "libc++", "version": "1.0.0", "abi": "1.0", "roles": ["carrier"], ' \
  >"$work/libcxx/descriptor.json"
printf '"config": {"type": "object"}, "hosts": ["old.example"], "limits": {"default": {"rate": 5, "burst": 5}}}\n' \
  >>"$work/libcxx/descriptor.json"
[[ $(ldd "$work/libcxx/libcxx.so") == *libc++* ]] || { echo 'it is not linked with libc++'; exit 1; }
"$tool" validate "$work/libcxx/libcxx.so" --with "$root/tests/abi" --only-failed

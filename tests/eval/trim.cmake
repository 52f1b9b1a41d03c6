# Read into llama.cpp's build: leaves out what the bindings do not need, and builds the 150 kinds of
# models that nobody runs here in half the time.
set(LLAMA_BUILD_COMMON OFF)
cmake_language(DEFER CALL target_compile_options llama PRIVATE -O1)

// What measures and checks, as one program: what NVRTC compiles on every node, and what build-fatbin packs.
#include "checksum.cu"
#include "collective.cu"
#include "compare.cu"
#include "fill.cu"
#include "freivalds.cu"
#include "memory.cu"
#include "memtest.cu"

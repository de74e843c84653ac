// Where a thread stands in a one-dimensional grid of any size, and sums over a warp.
#ifndef ASSAY_GRID
#define ASSAY_GRID

#include "bf16.cuh"

static __device__ __forceinline__ u64 grid_thread() { return (u64)blockIdx.x * blockDim.x + threadIdx.x; }
static __device__ __forceinline__ u64 grid_threads() { return (u64)gridDim.x * blockDim.x; }

// The sum over the warp, in a fixed order, the same bits in every lane; all lanes must take part.
template <typename T>
static __device__ __forceinline__ T warp_sum(T value) {
    for (int offset = 16; offset > 0; offset /= 2) value += __shfl_xor_sync(0xFFFFFFFFu, value, offset);
    return value;
}

#endif

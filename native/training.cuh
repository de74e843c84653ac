// What the kernels of a training step share: eight bf16 elements at a time, exponentials, sums over a block.
// Every sum has a fixed order that depends on the shape alone; there are no floating-point atomics.
#ifndef ASSAY_TRAINING
#define ASSAY_TRAINING

#include "grid.cuh"
#include "mma.cuh"

#define CHUNK 8
#define LOG2_E 1.4426950408889634f

// Eight bf16 as they lie in memory: one access of 16 bytes.
struct chunk {
    u32 word[CHUNK / 2];

    __device__ __forceinline__ float get(int e) const {
        u32 bits = word[e / 2];
        return __uint_as_float(e % 2 == 0 ? bits << 16 : bits & 0xFFFF0000u);
    }
};

// Rounded two at a time, by one instruction; a NaN keeps no bits of its own.
static __device__ __forceinline__ chunk chunk_of(const float* values) {
    chunk c;
#pragma unroll
    for (int pair = 0; pair < CHUNK / 2; pair++) c.word[pair] = bf16_pair(values[2 * pair], values[2 * pair + 1]);
    return c;
}

// A row of width elements is ceil(width / 8) chunks. Rows begin at multiples of 16 bytes where width is a multiple of 8: then
// `whole` is true and a chunk is one access; else elements move one by one, those behind the row read as 0.
static __device__ __forceinline__ chunk chunk_load(const bf16* row, u32 at, u32 width, bool whole) {
    chunk c = {};
    if (whole) {
        uint4 v = *(const uint4*)(row + CHUNK * (u64)at);
        c.word[0] = v.x, c.word[1] = v.y, c.word[2] = v.z, c.word[3] = v.w;
        return c;
    }
    for (u32 e = 0; e < CHUNK; e++) {
        if (CHUNK * at + e < width) c.word[e / 2] |= (u32)row[CHUNK * at + e] << (16 * (e % 2));
    }
    return c;
}

static __device__ __forceinline__ void chunk_store(bf16* row, u32 at, u32 width, bool whole, const chunk& c) {
    if (whole) {
        uint4 v = {c.word[0], c.word[1], c.word[2], c.word[3]};
        *(uint4*)(row + CHUNK * (u64)at) = v;
        return;
    }
    for (u32 e = 0; e < CHUNK; e++) {
        if (CHUNK * at + e < width) row[CHUNK * at + e] = (bf16)(c.word[e / 2] >> (16 * (e % 2)));
    }
}

// A tensor taken as one row of up to 2^34 elements: chunk `at` of it; only the last may be cut.
static __device__ __forceinline__ u32 flat_width(u64 at, u64 elements) {
    u64 left = elements - CHUNK * at;
    return left < CHUNK ? (u32)left : CHUNK;
}

static __device__ __forceinline__ chunk flat_load(const bf16* from, u64 at, u64 elements) {
    u32 width = flat_width(at, elements);
    return chunk_load(from + CHUNK * at, 0, width, width == CHUNK);
}

static __device__ __forceinline__ void flat_store(bf16* to, u64 at, u64 elements, const chunk& c) {
    u32 width = flat_width(at, elements);
    chunk_store(to + CHUNK * at, 0, width, width == CHUNK, c);
}

// The hardware's exponential: relative error |x| 2^-24 + 2^-22, far below half a unit of bf16, 2^-9.
static __device__ __forceinline__ float exp_fast(float x) { return exp2_fast(x * LOG2_E); }

// 1 / (1 + exp(-x)); beyond 87 the exponential overflows or vanishes, and the quotient is 0 or 1.
static __device__ __forceinline__ float sigmoid(float x) { return reciprocal_fast(1.0f + exp_fast(-x)); }

static __device__ __forceinline__ float quiet_nan() { return __uint_as_float(0x7FC00000u); }

// The sum over the block, the same bits in every thread. All threads of the block must take part; blockDim.x is a multiple of
// the warp, at most 1024. `lane_sums` holds 32; two sums in a row need two of them.
template <typename T>
static __device__ __forceinline__ T block_sum(T value, T* lane_sums) {
    value = warp_sum(value);
    if (threadIdx.x % 32 == 0) lane_sums[threadIdx.x / 32] = value;
    __syncthreads();
    T sum = threadIdx.x % 32 < blockDim.x / 32 ? lane_sums[threadIdx.x % 32] : (T)0;
    sum = warp_sum(sum);
    __syncthreads();
    return sum;
}

// Column sums of partials, parts x width, by a block of 8 x 32 threads: the sum of column blockIdx.x * 32 + threadIdx.x % 32 in
// the threads of the first warp, in the order of the parts taken eight by eight.
static __device__ __forceinline__ float column_sum(const float* partials, u32 parts, u32 width, float (*sums)[32]) {
    u32 column = blockIdx.x * 32 + threadIdx.x % 32, group = threadIdx.x / 32;
    float sum = 0;
    if (column < width) {
#pragma unroll 8
        for (u32 part = group; part < parts; part += 8) sum += partials[(u64)part * width + column];
    }
    sums[group][threadIdx.x % 32] = sum;
    __syncthreads();
    float total = 0;
    if (group == 0) {
        for (int g = 0; g < 8; g++) total += sums[g][threadIdx.x];
    }
    return total;
}

#endif

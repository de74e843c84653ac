// The counter-based generator: dev.assay.device.Counter, bit for bit. A value depends on seed and index alone.
// Every floating-point step is exact or one IEEE rounding, written as an intrinsic that no compiler may fuse.
#ifndef ASSAY_RANDOM
#define ASSAY_RANDOM

#include "bf16.cuh"

// SplitMix64's output function of seed + (index + 1) * golden gamma.
static __device__ __forceinline__ u64 counter_hash(u64 seed, u64 index) {
    u64 z = seed + (index + 1) * 0x9E3779B97F4A7C15ull;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

// Irwin-Hall: the sum of 8 uniform bytes, centred.
static __device__ __forceinline__ int counter_sum_of_bytes(u64 seed, u64 index) {
    u64 bits = counter_hash(seed, index);
    int sum = -1020;
    for (int i = 0; i < 8; i++) sum += (int)(bits >> (8 * i)) & 0xFF;
    return sum;
}

// That times 1 / sqrt(8 (256^2 - 1) / 12) = 0.004784196 rounded to float: standard normal.
static __device__ __forceinline__ float counter_normal(u64 seed, u64 index) {
    return __fmul_rn((float)counter_sum_of_bytes(seed, index), __uint_as_float(0x3B9CC4BFu));
}

static __device__ __forceinline__ bf16 counter_bf16_normal(u64 seed, u64 index) { return bf16_of(counter_normal(seed, index)); }

// What distinguishes one rank's gradients from another's.
static __device__ __forceinline__ u64 counter_rank_key(int rank) { return counter_hash(0x6772616469656E74ull, (u64)rank); }

// Integer "gradient" of one rank, key = counter_rank_key(rank); partial sums over ranks stay exact in bf16.
static __device__ __forceinline__ int counter_gradient(u64 seed, u64 index, u64 key, int ranks) {
    u64 bits = counter_hash(seed ^ key, index);
    u32 high = (u32)(bits >> 33);
    if (ranks <= 128) {
        int q = 128 / ranks;
        if (q < 1) q = 1;
        return (int)(high % (u32)(2 * q + 1)) - q;
    }
    return high % (u32)ranks < 128u ? (int)(bits & 1u) * 2 - 1 : 0;
}

// +1 or -1 for Freivalds' vectors.
static __device__ __forceinline__ int counter_sign(u64 seed, u64 index) {
    return (counter_hash(seed, index) & 1u) == 0 ? 1 : -1;
}

#endif

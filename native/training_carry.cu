// Copies of one type into another, and sums: dev.assay.device.TrainingKernels.carry, between buckets, shards and modules.
//   to = from, or to = to + from, with one rounding
// Moved, bytes an element: what from and to have, to twice where it is added to. A tensor of an odd shape may begin anywhere,
// so eight elements move at once only where both ends begin at a multiple of 16 bytes.
#include "training.cuh"

static __device__ __forceinline__ float carried(bf16 x) { return bf16_to_float(x); }
static __device__ __forceinline__ float carried(float x) { return x; }
static __device__ __forceinline__ void put(bf16* to, float x) { *to = bf16_of(x); }
static __device__ __forceinline__ void put(float* to, float x) { *to = x; }

static __device__ __forceinline__ void carry_load(const bf16* from, float* x) {
    chunk c = chunk_load(from, 0, CHUNK, true);
    for (int e = 0; e < CHUNK; e++) x[e] = c.get(e);
}
static __device__ __forceinline__ void carry_load(const float* from, float* x) {
    float4 a = ((const float4*)from)[0], b = ((const float4*)from)[1];
    x[0] = a.x, x[1] = a.y, x[2] = a.z, x[3] = a.w, x[4] = b.x, x[5] = b.y, x[6] = b.z, x[7] = b.w;
}
static __device__ __forceinline__ void carry_store(bf16* to, const float* x) {
    chunk c = {};
    for (int e = 0; e < CHUNK; e++) c.set(e, x[e]);
    chunk_store(to, 0, CHUNK, true, c);
}
static __device__ __forceinline__ void carry_store(float* to, const float* x) {
    float4 a = {x[0], x[1], x[2], x[3]}, b = {x[4], x[5], x[6], x[7]};
    ((float4*)to)[0] = a, ((float4*)to)[1] = b;
}

template <typename F, typename T>
static __device__ __forceinline__ void carry(const F* from, T* to, u64 elements, u32 add) {
    bool whole = ((u64)from | (u64)to) % 16 == 0;
    u64 chunks = whole ? elements / CHUNK : 0;
#pragma unroll 4
    for (u64 i = grid_thread(); i < chunks; i += grid_threads()) {
        float x[CHUNK], y[CHUNK];
        carry_load(from + CHUNK * i, x);
        if (add) {
            carry_load(to + CHUNK * i, y);
            for (int e = 0; e < CHUNK; e++) x[e] += y[e];
        }
        carry_store(to + CHUNK * i, x);
    }
    for (u64 i = CHUNK * chunks + grid_thread(); i < elements; i += grid_threads()) {
        put(to + i, add ? carried(to[i]) + carried(from[i]) : carried(from[i]));
    }
}

extern "C" __global__ void assay_carry_bf16_bf16(const bf16* from, bf16* to, u64 elements, u32 add) { carry(from, to, elements, add); }
extern "C" __global__ void assay_carry_bf16_fp32(const bf16* from, float* to, u64 elements, u32 add) { carry(from, to, elements, add); }
extern "C" __global__ void assay_carry_fp32_bf16(const float* from, bf16* to, u64 elements, u32 add) { carry(from, to, elements, add); }
extern "C" __global__ void assay_carry_fp32_fp32(const float* from, float* to, u64 elements, u32 add) { carry(from, to, elements, add); }

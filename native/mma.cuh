// What attention asks of the hardware below C++: tensor cores, matrices from shared memory, copies that run by themselves, and
// two conversions. The tests have all of this once more, in C++, by the PTX manual's words (host-cuda.hpp).
// Shared memory is named by its 32-bit address. Everything here is of sm_80 and later.
#ifndef ASSAY_MMA
#define ASSAY_MMA

#include "bf16.cuh"

// What the launch asked for beside the kernel's own; its alignment is the caller's work.
static __device__ __forceinline__ unsigned char* shared_memory() {
    extern __shared__ unsigned char launched[];
    return launched;
}

static __device__ __forceinline__ u32 shared_address(const void* at) { return (u32)__cvta_generic_to_shared(at); }

// The tensor cores' product of bf16 tiles: c (16 x 8, fp32) += a (16 x 16, row-major) * b (16 x 8, column-major).
// With g = lane / 4 and t = 2 (lane % 4), a lane holds of a: (g, t..t+1), (g + 8, t..t+1), (g, t+8..t+9), (g + 8, t+8..t+9); of b:
// rows t..t+1 and t+8..t+9 of column g; of c: (g, t), (g, t + 1), (g + 8, t), (g + 8, t + 1). (PTX ISA, mma.m16n8k16.)
static __device__ __forceinline__ void mma_bf16(float* c, const u32* a, u32 b0, u32 b1) {
    asm(
        "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

// Four matrices of 8 x 8 bf16: lane 8 m + r names the 16 bytes of row r of matrix m; a lane gets (lane / 4, 2 (lane % 4)) and the
// element right of it, of matrix m in m[..]. Transposed it gets (2 (lane % 4), lane / 4) and the element below.
static __device__ __forceinline__ void matrices_load(u32* m, u32 row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
                 : "=r"(m[0]), "=r"(m[1]), "=r"(m[2]), "=r"(m[3])
                 : "r"(row)
                 : "memory");
}

static __device__ __forceinline__ void matrices_load_transposed(u32* m, u32 row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
                 : "=r"(m[0]), "=r"(m[1]), "=r"(m[2]), "=r"(m[3])
                 : "r"(row)
                 : "memory");
}

// Copies into shared memory that are there after copy_wait, for this thread; zeros where not valid, and `from` is not read then.
// Nothing where not wanted: without a branch, since ptxas guards copies in one by four instructions each.
static __device__ __forceinline__ void copy_async_16(u32 to, const void* from, bool valid, bool wanted) {
    asm volatile("{.reg .pred p; setp.ne.b32 p, %3, 0; @p cp.async.cg.shared.global [%0], [%1], 16, %2;}" ::"r"(to), "l"(from),
                 "r"(valid ? 16 : 0), "r"((int)wanted)
                 : "memory");
}

static __device__ __forceinline__ void copy_async_4(u32 to, const void* from, bool valid, bool wanted) {
    asm volatile("{.reg .pred p; setp.ne.b32 p, %3, 0; @p cp.async.ca.shared.global [%0], [%1], 4, %2;}" ::"r"(to), "l"(from),
                 "r"(valid ? 4 : 0), "r"((int)wanted)
                 : "memory");
}

static __device__ __forceinline__ void copy_commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }

static __device__ __forceinline__ void copy_wait() { asm volatile("cp.async.wait_group 0;" ::: "memory"); }

// Into L2, where a later load finds it.
static __device__ __forceinline__ void prefetch(const void* from) { asm volatile("prefetch.global.L2 [%0];" ::"l"(from)); }

// What is in a branch with this is not computed beside it and then chosen.
static __device__ __forceinline__ void keep_branch() { asm volatile(""); }

// Two bf16 in a word, rounded to nearest, ties to even.
static __device__ __forceinline__ u32 bf16_pair(float low, float high) {
    u32 pair;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
    return pair;
}

// 2^x by the hardware: relative error 2^-22, 0 below 2^-126.
static __device__ __forceinline__ float exp2_fast(float x) {
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

// 1 / x by the hardware: relative error 2^-23; of infinity 0.
static __device__ __forceinline__ float reciprocal_fast(float x) {
    float y;
    asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

#endif

// The tensor cores' product of bf16 tiles: c (16 x 8, fp32) += a (16 x 16, row-major) * b (16 x 8, column-major).
// With g = lane / 4 and t = 2 (lane % 4), a lane holds of a: (g, t..t+1), (g + 8, t..t+1), (g, t+8..t+9), (g + 8, t+8..t+9); of b:
// rows t..t+1 and t+8..t+9 of column g; of c: (g, t), (g, t + 1), (g + 8, t), (g + 8, t + 1). (PTX ISA, mma.m16n8k16.)
#ifndef ASSAY_MMA
#define ASSAY_MMA

#include "bf16.cuh"

static __device__ __forceinline__ void mma_bf16(float* c, const u32* a, u32 b0, u32 b1) {
    asm(
        "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

#endif

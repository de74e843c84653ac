// bfloat16 as bits: the upper half of a float. The same arithmetic as dev.assay.device.Bf16, bit for bit.
// No header of CUDA's: NVRTC brings none of them.
#ifndef ASSAY_BF16
#define ASSAY_BF16

typedef unsigned short bf16;
typedef unsigned int u32;
typedef unsigned long long u64;

static __device__ __forceinline__ float bf16_to_float(bf16 bits) { return __uint_as_float((u32)bits << 16); }

// Rounds to nearest, ties to even; NaN stays NaN.
static __device__ __forceinline__ bf16 bf16_of(float value) {
    u32 bits = __float_as_uint(value);
    if (value != value) return (bf16)((bits >> 16) | 0x40u);
    return (bf16)((bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16);
}

// Half a unit in the last place of a bf16 with 8 significant bits: 2^(exponent - 8). Infinite for NaN and infinity.
static __device__ __forceinline__ double bf16_half_ulp(bf16 bits) {
    return (double)__uint_as_float((u32)(bits & 0x7F80u) << 16) * 0.00390625;
}

#endif

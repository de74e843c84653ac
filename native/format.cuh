// The element types of matrices: values from bits, bits from the generator, half a unit in the last place. The same arithmetic
// as dev.assay.device.SmallFloat and Counter, bit for bit: integers, or one IEEE rounding written as an intrinsic.
// The type is chosen at run time: the switch is the same for all threads, and every family here is bound by memory or fp64.
#ifndef ASSAY_FORMAT
#define ASSAY_FORMAT

#include "random.cuh"

// In the order of dev.assay.workload.ElementType.
enum { FORMAT_BF16, FORMAT_FP16, FORMAT_TF32, FORMAT_FP32, FORMAT_FP64, FORMAT_E4M3, FORMAT_E5M2, FORMAT_INT8, FORMAT_INT32 };

// A narrow float of EXPONENT and MANTISSA bits. Beyond LARGEST it becomes OVERFLOW_BITS; FINITE: it has no infinity.
template <int EXPONENT, int MANTISSA, int BIAS, u32 LARGEST, u32 OVERFLOW_BITS, u32 NAN_BITS, bool FINITE>
struct small_float {
    // Rounds to nearest, ties to even.
    static __device__ __forceinline__ u32 of(float value) {
        u32 bits = __float_as_uint(value);
        u32 magnitude = bits & 0x7FFFFFFFu;
        u32 sign = (bits >> 31) << (EXPONENT + MANTISSA);
        if (magnitude > 0x7F800000u) return sign | NAN_BITS;
        int exponent = (int)(magnitude >> 23) - 127 + BIAS;
        int shift = 23 - MANTISSA + (exponent <= 0 ? 1 - exponent : 0);
        if (shift > 24) return sign;
        u32 mantissa = (magnitude & 0x7FFFFFu) | 0x800000u;
        u32 rounded = (mantissa + (1u << (shift - 1)) - 1u + ((mantissa >> shift) & 1u)) >> shift;
        u32 result = rounded + (exponent <= 0 ? 0u : (u32)(exponent - 1) << MANTISSA);
        return sign | (result > LARGEST ? OVERFLOW_BITS : result);
    }

    static __device__ __forceinline__ bool is_special(u32 bits) {
        u32 magnitude = bits & ((1u << (EXPONENT + MANTISSA)) - 1u);
        return FINITE ? magnitude == NAN_BITS : magnitude >= ((1u << EXPONENT) - 1u) << MANTISSA;
    }

    // Exact.
    static __device__ __forceinline__ float value(u32 bits) {
        u32 exponent = (bits >> MANTISSA) & ((1u << EXPONENT) - 1u);
        u32 mantissa = bits & ((1u << MANTISSA) - 1u);
        u32 sign = ((bits >> (EXPONENT + MANTISSA)) & 1u) << 31;
        if (is_special(bits)) return __uint_as_float(sign | 0x7F800000u | (FINITE ? 0x400000u : mantissa << (23 - MANTISSA)));
        if (exponent == 0) {
            float magnitude = __fmul_rn((float)mantissa, __uint_as_float((u32)(128 - BIAS - MANTISSA) << 23));
            return __uint_as_float(sign | __float_as_uint(magnitude));
        }
        return __uint_as_float(sign | (exponent - BIAS + 127) << 23 | mantissa << (23 - MANTISSA));
    }

    static __device__ __forceinline__ double half_ulp(u32 bits) {
        u32 exponent = (bits >> MANTISSA) & ((1u << EXPONENT) - 1u);
        if (is_special(bits)) return (double)__uint_as_float(0x7F800000u);
        if (exponent == 0) exponent = 1;
        return (double)__uint_as_float((exponent - BIAS - MANTISSA - 1 + 127) << 23);
    }
};

typedef small_float<5, 10, 15, 0x7BFFu, 0x7C00u, 0x7E00u, false> fp16_format;
typedef small_float<4, 3, 7, 0x7Eu, 0x7Eu, 0x7Fu, true> e4m3_format;
typedef small_float<5, 2, 15, 0x7Bu, 0x7Bu, 0x7Fu, false> e5m2_format;

// Standard normal with random bits to the end of the mantissa: the generator's sum of bytes with a fraction of 24 bits, times
// 1 / sqrt(8 (256^2 - 1) / 12) / 2^24 as a double.
static __device__ __forceinline__ double counter_fine_normal(u64 seed, u64 index) {
    long long fraction = (long long)(counter_hash(~seed, index) >> 40) - (1ll << 23);
    long long sum = (long long)counter_sum_of_bytes(seed, index) * (1ll << 24);
    return __dmul_rn((double)(sum + fraction), __longlong_as_double(0x3DF39897E057846Ell));
}

// fp32 rounded to the 10 bits of mantissa of tf32, ties to even.
static __device__ __forceinline__ u32 tf32_of(float value) {
    u32 bits = __float_as_uint(value);
    return (bits + 0xFFFu + ((bits >> 13) & 1u)) & ~0x1FFFu;
}

// out[i] = what the generator gives in this format: standard normal, int8 uniform in -127..127.
static __device__ __forceinline__ void element_fill(void* out, u64 i, int format, u64 seed) {
    switch (format) {
        case FORMAT_BF16: ((bf16*)out)[i] = counter_bf16_normal(seed, i); break;
        case FORMAT_FP16: ((unsigned short*)out)[i] = (unsigned short)fp16_format::of(counter_normal(seed, i)); break;
        case FORMAT_E4M3: ((unsigned char*)out)[i] = (unsigned char)e4m3_format::of(counter_normal(seed, i)); break;
        case FORMAT_E5M2: ((unsigned char*)out)[i] = (unsigned char)e5m2_format::of(counter_normal(seed, i)); break;
        case FORMAT_TF32: ((u32*)out)[i] = tf32_of(__double2float_rn(counter_fine_normal(seed, i))); break;
        case FORMAT_FP32: ((float*)out)[i] = __double2float_rn(counter_fine_normal(seed, i)); break;
        case FORMAT_FP64: ((double*)out)[i] = counter_fine_normal(seed, i); break;
        case FORMAT_INT8: ((signed char*)out)[i] = (signed char)((int)((counter_hash(seed, i) >> 33) % 255u) - 127); break;
        default: ((int*)out)[i] = 0;
    }
}

// The value of element i, exact.
static __device__ __forceinline__ double element_value(const void* from, u64 i, int format) {
    switch (format) {
        case FORMAT_BF16: return bf16_to_float(((const bf16*)from)[i]);
        case FORMAT_FP16: return fp16_format::value(((const unsigned short*)from)[i]);
        case FORMAT_E4M3: return e4m3_format::value(((const unsigned char*)from)[i]);
        case FORMAT_E5M2: return e5m2_format::value(((const unsigned char*)from)[i]);
        case FORMAT_FP64: return ((const double*)from)[i];
        case FORMAT_INT8: return ((const signed char*)from)[i];
        case FORMAT_INT32: return ((const int*)from)[i];
        default: return ((const float*)from)[i];
    }
}

// Half a unit in the last place of element i's binade: what rounding to the format costs at most; 0 for integers, infinite
// for NaN and infinity.
static __device__ __forceinline__ double element_half_ulp(const void* from, u64 i, int format) {
    switch (format) {
        case FORMAT_BF16: return bf16_half_ulp(((const bf16*)from)[i]);
        case FORMAT_FP16: return fp16_format::half_ulp(((const unsigned short*)from)[i]);
        case FORMAT_E4M3: return e4m3_format::half_ulp(((const unsigned char*)from)[i]);
        case FORMAT_E5M2: return e5m2_format::half_ulp(((const unsigned char*)from)[i]);
        case FORMAT_FP64: {
            long long bits = __double_as_longlong(((const double*)from)[i]) & 0x7FF0000000000000ll;
            return __longlong_as_double(bits) * 1.1102230246251565e-16;
        }
        case FORMAT_INT8:
        case FORMAT_INT32: return 0;
        default: return (double)__uint_as_float(((const u32*)from)[i] & 0x7F800000u) * 5.9604644775390625e-8;
    }
}

#endif

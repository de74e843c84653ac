// Inputs of collectives and the check of their outputs: dev.assay.device.CollectiveLoad, bit for bit.
// Computed: a hash an element, in sums and maxima one a rank. Moved: 2 or 4 bytes an element.
#include "grid.cuh"
#include "random.cuh"

// dev.assay.workload.ElementType and what is expected, in their order.
enum { COLLECTIVE_FLOAT, COLLECTIVE_BFLOAT16, COLLECTIVE_HALF, COLLECTIVE_INT32 };
enum { COLLECTIVE_SUM, COLLECTIVE_MAX, COLLECTIVE_MOVE };

// IEEE binary16 of an integer of at most 11 bits, which it holds exactly.
static __device__ __forceinline__ u32 half_of_small(int value) {
    if (value == 0) return 0;
    u32 size = (u32)(value < 0 ? -value : value);
    u32 exponent = 31 - __clz((int)size);
    return (value < 0 ? 0x8000u : 0u) | (exponent + 15) << 10 | (size << (10 - exponent) & 0x3FFu);
}

// The bits of an integer in a type that holds it exactly: -256 to 256.
static __device__ __forceinline__ u32 collective_bits(int type, int value) {
    if (type == COLLECTIVE_FLOAT) return __float_as_uint((float)value);
    if (type == COLLECTIVE_BFLOAT16) return bf16_of((float)value);
    if (type == COLLECTIVE_HALF) return half_of_small(value);
    return (u32)value;
}

static __device__ __forceinline__ bool collective_wide(int type) { return type == COLLECTIVE_FLOAT || type == COLLECTIVE_INT32; }

static __device__ __forceinline__ u32 collective_word(u64 seed, u64 index, int rank) {
    return (u32)(counter_hash(seed ^ counter_hash(0x636F6C6C656374ull, (u64)rank), index) >> 32);
}

// Element of one rank's input.
static __device__ __forceinline__ u32 collective_element(int type, int kind, u64 seed, u64 index, int rank, int ranks) {
    u32 bits = kind == COLLECTIVE_MOVE ? collective_word(seed, index, rank)
                                       : collective_bits(type, counter_gradient(seed, index, counter_rank_key(rank), ranks));
    return collective_wide(type) ? bits : bits & 0xFFFFu;
}

extern "C" __global__ void assay_collective_fill(void* out, u64 elements, u64 seed, int type, int kind, int rank, int ranks) {
    for (u64 i = grid_thread(); i < elements; i += grid_threads()) {
        u32 bits = collective_element(type, kind, seed, i, rank, ranks);
        if (collective_wide(type)) ((u32*)out)[i] = bits;
        else ((bf16*)out)[i] = (bf16)bits;
    }
}

// A zero of either sign is the same sum.
static __device__ __forceinline__ bool collective_same(int type, int kind, u32 found, u32 expected) {
    if (found == expected) return true;
    if (kind == COLLECTIVE_MOVE || expected != 0) return false;
    return (type == COLLECTIVE_FLOAT && found == 0x80000000u) || (!collective_wide(type) && found == 0x8000u);
}

// *wrong += elements of a piece that are not elements index, index + 1, ... of what is expected: the input of rank `from`,
// or all ranks' sum or maximum.
extern "C" __global__ void assay_collective_count_wrong(
    const void* found, u64 elements, u64 seed, int type, int kind, int from, int ranks, u64 index, u64* wrong) {
    u64 mine = 0;
    for (u64 i = grid_thread(); i < elements; i += grid_threads()) {
        u32 expected;
        if (from >= 0) {
            expected = collective_element(type, kind, seed, index + i, from, ranks);
        } else {
            int value = counter_gradient(seed, index + i, counter_rank_key(0), ranks);
            for (int rank = 1; rank < ranks; rank++) {
                int other = counter_gradient(seed, index + i, counter_rank_key(rank), ranks);
                value = kind == COLLECTIVE_SUM ? value + other : other > value ? other : value;
            }
            expected = collective_bits(type, value);
        }
        u32 bits = collective_wide(type) ? ((const u32*)found)[i] : ((const bf16*)found)[i];
        mine += collective_same(type, kind, bits, expected) ? 0 : 1;
    }
    mine = warp_sum(mine);
    if (threadIdx.x % 32 == 0 && mine != 0) atomicAdd(wrong, mine);
}

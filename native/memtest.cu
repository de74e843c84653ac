// Memory test: dev.assay.device.MemoryTest.
// Moved: write 8 bytes a 64-bit word, check 8, check and invert 16. The vectors and streaming accesses of memory.cu.
// Words are named by their place in the whole region under test, which consists of several allocations.
// log[0] counts the words that were not as written; of the first MEMTEST_LOGGED of them, place, expected and found follow.
#include "grid.cuh"
#include "random.cuh"

#define MEMTEST_LOGGED 16
#define MEMTEST_VECTORS 4

static __device__ __forceinline__ u64 memtest_first() { return (u64)blockIdx.x * blockDim.x * MEMTEST_VECTORS + threadIdx.x; }

// The patterns, in the order of dev.assay.workload.MemtestPattern.
enum { MEMTEST_WALKING_BITS, MEMTEST_MOVING_INVERSIONS, MEMTEST_ADDRESS_IN_ADDRESS, MEMTEST_RANDOM };

// dev.assay.device.TestWords, not inverted.
template <int PATTERN>
static __device__ __forceinline__ u64 memtest_word(u64 parameter, u64 word) {
    if (PATTERN == MEMTEST_WALKING_BITS) return 1ull << ((word + parameter) & 63);
    if (PATTERN == MEMTEST_MOVING_INVERSIONS) return parameter;
    if (PATTERN == MEMTEST_ADDRESS_IN_ADDRESS) return 8 * word;
    return counter_hash(parameter, word);
}

static __device__ __forceinline__ u64 memtest_low(vec16 v) { return (u64)v.y << 32 | v.x; }
static __device__ __forceinline__ u64 memtest_high(vec16 v) { return (u64)v.w << 32 | v.z; }

static __device__ __forceinline__ vec16 memtest_vector(u64 low, u64 high) {
    vec16 v = {(u32)low, (u32)(low >> 32), (u32)high, (u32)(high >> 32)};
    return v;
}

// inverse: 0, or all ones to write the complement.
template <int PATTERN>
static __device__ __forceinline__ void memtest_write(vec16* memory, u64 vectors, u64 first_word, u64 parameter, u64 inverse) {
    u64 first = memtest_first();
#pragma unroll
    for (int v = 0; v < MEMTEST_VECTORS; v++) {
        u64 i = first + (u64)v * blockDim.x;
        if (i >= vectors) break;
        u64 word = first_word + 2 * i;
        store_streaming(memory + i, memtest_vector(memtest_word<PATTERN>(parameter, word) ^ inverse,
                                                   memtest_word<PATTERN>(parameter, word + 1) ^ inverse));
    }
}

static __device__ __forceinline__ void memtest_log(u64* log, u64& slot, u64 word, u64 expected, u64 found) {
    if (found == expected) return;
    if (slot < MEMTEST_LOGGED) {
        log[1 + 3 * slot] = word;
        log[2 + 3 * slot] = expected;
        log[3 + 3 * slot] = found;
    }
    slot++;
}

// One atomic a thread that found something, none else.
template <int PATTERN, bool INVERT>
static __device__ __forceinline__ void memtest_check(
    vec16* memory, u64 vectors, u64 first_word, u64 parameter, u64 inverse, u64* log) {
    u64 first = memtest_first();
    u64 wrong = 0;
    vec16 x[MEMTEST_VECTORS];
#pragma unroll
    for (int v = 0; v < MEMTEST_VECTORS; v++) {
        u64 i = first + (u64)v * blockDim.x;
        if (i >= vectors) break;
        x[v] = load_streaming(memory + i);
    }
#pragma unroll
    for (int v = 0; v < MEMTEST_VECTORS; v++) {
        u64 i = first + (u64)v * blockDim.x;
        if (i >= vectors) break;
        u64 word = first_word + 2 * i;
        u64 low = memtest_word<PATTERN>(parameter, word) ^ inverse;
        u64 high = memtest_word<PATTERN>(parameter, word + 1) ^ inverse;
        wrong += (memtest_low(x[v]) != low) + (memtest_high(x[v]) != high);
        if (INVERT) store_streaming(memory + i, memtest_vector(~low, ~high));
    }
    if (wrong == 0) return;
    u64 slot = atomicAdd(log, wrong);
#pragma unroll
    for (int v = 0; v < MEMTEST_VECTORS; v++) {
        u64 i = first + (u64)v * blockDim.x;
        if (i >= vectors) break;
        u64 word = first_word + 2 * i;
        memtest_log(log, slot, word, memtest_word<PATTERN>(parameter, word) ^ inverse, memtest_low(x[v]));
        memtest_log(log, slot, word + 1, memtest_word<PATTERN>(parameter, word + 1) ^ inverse, memtest_high(x[v]));
    }
}

#define MEMTEST_KERNELS(name, PATTERN)                                                                                      \
    extern "C" __global__ void assay_memtest_write_##name(                                                                  \
        vec16* memory, u64 vectors, u64 first_word, u64 parameter, u64 inverse) {                                           \
        memtest_write<PATTERN>(memory, vectors, first_word, parameter, inverse);                                            \
    }                                                                                                                       \
    extern "C" __global__ void assay_memtest_check_##name(                                                                  \
        vec16* memory, u64 vectors, u64 first_word, u64 parameter, u64 inverse, u64* log) {                                 \
        memtest_check<PATTERN, false>(memory, vectors, first_word, parameter, inverse, log);                                \
    }                                                                                                                       \
    extern "C" __global__ void assay_memtest_invert_##name(                                                                 \
        vec16* memory, u64 vectors, u64 first_word, u64 parameter, u64 inverse, u64* log) {                                 \
        memtest_check<PATTERN, true>(memory, vectors, first_word, parameter, inverse, log);                                 \
    }

MEMTEST_KERNELS(walking_bits, MEMTEST_WALKING_BITS)
MEMTEST_KERNELS(moving_inversions, MEMTEST_MOVING_INVERSIONS)
MEMTEST_KERNELS(address_in_address, MEMTEST_ADDRESS_IN_ADDRESS)
MEMTEST_KERNELS(random, MEMTEST_RANDOM)

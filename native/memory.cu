// Memory bandwidth and latency: dev.assay.device.MemoryLoad.
// Moved: copy, scale 2 x 4 bytes an element, add, triad 3 x 4, read, write 4. Elements are fp32, s = 1/2.
// A thread moves one 16-byte vector, so many threads keep the loads in flight; the sum of read has eight a thread. Nothing is
// used twice, so loads and stores pass the caches by (.cs: evict first). Tuned on an H200: more vectors a thread cost a copy
// up to 8 %, a grid that stays and walks 7 %; the threads of a block, tuned for each kernel, are CudaMemoryLoad's.
#include "grid.cuh"
#include "random.cuh"

#define MEMORY_READ_VECTORS 8

struct vec16 { u32 x, y, z, w; };

static __device__ __forceinline__ vec16 load_streaming(const vec16* from) {
    vec16 v;
    asm volatile("ld.global.cs.v4.u32 {%0,%1,%2,%3}, [%4];" : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w) : "l"(from));
    return v;
}

static __device__ __forceinline__ void store_streaming(vec16* to, vec16 v) {
    asm volatile("st.global.cs.v4.u32 [%0], {%1,%2,%3,%4};" ::"l"(to), "r"(v.x), "r"(v.y), "r"(v.z), "r"(v.w) : "memory");
}

// The kernels, in the order of dev.assay.workload.MemoryKernel.
enum { MEMORY_COPY, MEMORY_SCALE, MEMORY_ADD, MEMORY_TRIAD, MEMORY_READ, MEMORY_WRITE };

// One rounding at most: s * b is exact.
static __device__ __forceinline__ u32 memory_element(int kernel, u32 a, u32 b) {
    float x = __uint_as_float(a), y = __uint_as_float(b);
    if (kernel == MEMORY_SCALE) return __float_as_uint(__fmul_rn(0.5f, x));
    if (kernel == MEMORY_ADD) return __float_as_uint(__fadd_rn(x, y));
    if (kernel == MEMORY_TRIAD) return __float_as_uint(__fadd_rn(x, __fmul_rn(0.5f, y)));
    return a;
}

static __device__ __forceinline__ u32 memory_pattern(u64 element) { return (u32)element * 0x9E3779B1u; }

static __device__ __forceinline__ u32 memory_filled(u64 seed, u64 element) {
    return __float_as_uint((float)(u32)(counter_hash(seed, element) >> 40));
}

template <int KERNEL>
static __device__ __forceinline__ void memory_stream(const vec16* a, const vec16* b, vec16* c, u64 vectors) {
    u64 i = grid_thread();
    if (i >= vectors) return;
    vec16 x = load_streaming(a + i), y = x;
    if (KERNEL == MEMORY_ADD || KERNEL == MEMORY_TRIAD) y = load_streaming(b + i);
    vec16 z = {memory_element(KERNEL, x.x, y.x), memory_element(KERNEL, x.y, y.y), memory_element(KERNEL, x.z, y.z),
               memory_element(KERNEL, x.w, y.w)};
    store_streaming(c + i, z);
}

extern "C" __global__ void assay_memory_copy(const vec16* a, const vec16* b, vec16* c, u64 vectors) {
    memory_stream<MEMORY_COPY>(a, b, c, vectors);
}

extern "C" __global__ void assay_memory_scale(const vec16* a, const vec16* b, vec16* c, u64 vectors) {
    memory_stream<MEMORY_SCALE>(a, b, c, vectors);
}

extern "C" __global__ void assay_memory_add(const vec16* a, const vec16* b, vec16* c, u64 vectors) {
    memory_stream<MEMORY_ADD>(a, b, c, vectors);
}

extern "C" __global__ void assay_memory_triad(const vec16* a, const vec16* b, vec16* c, u64 vectors) {
    memory_stream<MEMORY_TRIAD>(a, b, c, vectors);
}

// *sum += the 64-bit words of a; one addition a block, for they all go to one address.
extern "C" __global__ void assay_memory_read(const vec16* a, const vec16* b, u64* sum, u64 vectors) {
    __shared__ u64 sums[32];
    u64 first = (u64)blockIdx.x * blockDim.x * MEMORY_READ_VECTORS + threadIdx.x;
    vec16 x[MEMORY_READ_VECTORS];
    u64 mine = 0;
#pragma unroll
    for (int v = 0; v < MEMORY_READ_VECTORS; v++) {
        u64 i = first + (u64)v * blockDim.x;
        vec16 none = {0, 0, 0, 0};
        x[v] = i < vectors ? load_streaming(a + i) : none;
    }
#pragma unroll
    for (int v = 0; v < MEMORY_READ_VECTORS; v++) {
        mine += ((u64)x[v].y << 32 | x[v].x) + ((u64)x[v].w << 32 | x[v].z);
    }
    mine = warp_sum(mine);
    if (threadIdx.x % 32 == 0) sums[threadIdx.x / 32] = mine;
    __syncthreads();
    if (threadIdx.x >= 32) return;
    mine = warp_sum(threadIdx.x < blockDim.x / 32 ? sums[threadIdx.x] : 0);
    if (threadIdx.x == 0) atomicAdd(sum, mine);
}

extern "C" __global__ void assay_memory_write(const vec16* a, const vec16* b, vec16* c, u64 vectors) {
    u64 i = grid_thread();
    if (i >= vectors) return;
    vec16 z = {memory_pattern(4 * i), memory_pattern(4 * i + 1), memory_pattern(4 * i + 2), memory_pattern(4 * i + 3)};
    store_streaming(c + i, z);
}

extern "C" __global__ void assay_memory_fill(u32* out, u64 elements, u64 seed) {
    for (u64 i = grid_thread(); i < elements; i += grid_threads()) out[i] = memory_filled(seed, i);
}

// *wrong += elements of c that the kernel did not make of what a and b were filled with.
extern "C" __global__ void assay_memory_count_wrong(const u32* c, u64 elements, u64 seed_a, u64 seed_b, int kernel, u64* wrong) {
    u64 mine = 0;
    for (u64 i = grid_thread(); i < elements; i += grid_threads()) {
        u32 expected = kernel == MEMORY_WRITE
                           ? memory_pattern(i)
                           : memory_element(kernel, memory_filled(seed_a, i), memory_filled(seed_b, i));
        mine += c[i] != expected;
    }
    if (mine > 0) atomicAdd(wrong, mine);
}

// *difference += the sum that assay_memory_read must have found, minus the one that it left on top of poison, -1.
extern "C" __global__ void assay_memory_sum_difference(const u64* found, u64 elements, u64 seed_a, u64* difference) {
    u64 mine = 0;
    for (u64 i = grid_thread(); i < elements / 2; i += grid_threads()) {
        mine += (u64)memory_filled(seed_a, 2 * i + 1) << 32 | memory_filled(seed_a, 2 * i);
    }
    if (grid_thread() == 0) mine -= *found + 1;
    if (mine != 0) atomicAdd(difference, mine);
}

// The first 8 bytes of a 128-byte line name the next line; lines is a power of two.
extern "C" __global__ void assay_chase_lay(u64* memory, u64 lines) {
    for (u64 i = grid_thread(); i < lines; i += grid_threads()) {
        memory[16 * i] = (i * 0x5851F42D4C957F2Dull + 0x14057B7EF767814Full) & (lines - 1);
    }
}

// Dependent loads, past the L1 cache, from the line that *at names; *at is then the line reached.
extern "C" __global__ void assay_chase(const u64* memory, u64 steps, u64* at) {
    u64 line = *at;
    for (u64 step = 0; step < steps; step++) {
        asm volatile("ld.global.cg.u64 %0, [%1];" : "=l"(line) : "l"(memory + 16 * line));
    }
    *at = line;
}

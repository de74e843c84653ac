// FP8 copies of bf16 tensors, one scale each: dev.assay.device.TrainingKernels.quantize.
//   largest = max |x|;  factor = LARGEST / largest, at most 2^126, and 1 where all is 0;  q = x factor, rounded;  scale = 1 / factor
// so that x is about q scale. LARGEST: 448 of e4m3, 57344 of e5m2. One x that is no number makes every q and the scale none.
// Moved, bytes an element: 2 to find the largest; then 2 read and 1 written for each copy, as it lies or transposed.
// Rows and width are multiples of 16: a thread's accesses are 8 or 16 bytes. The largest is found on the bits of |x|, whose order is
// that of the numbers with NaN behind infinity: a maximum of integers, the same in any order.
#include "training.cuh"
#include "format.cuh"

#define LARGEST_PARTS 1024
#define QUANTIZE_TILE 64
#define QUANTIZE_STRIDE (QUANTIZE_TILE + 4)  // two threads of a warp at most meet in a bank

// Two numbers in FP8, rounded to nearest, ties to even, what is too large to the largest; the first in the lower byte.
struct to_e4m3 {
    static __device__ __forceinline__ float largest() { return 448.0f; }
    static __device__ __forceinline__ u32 two(float low, float high) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 890
        unsigned short pair;
        asm("cvt.rn.satfinite.e4m3x2.f32 %0, %1, %2;" : "=h"(pair) : "f"(high), "f"(low));
        return pair;
#else
        return e4m3_format::of(low) | e4m3_format::of(high) << 8;
#endif
    }
};

struct to_e5m2 {
    static __device__ __forceinline__ float largest() { return 57344.0f; }
    static __device__ __forceinline__ u32 two(float low, float high) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 890
        unsigned short pair;
        asm("cvt.rn.satfinite.e5m2x2.f32 %0, %1, %2;" : "=h"(pair) : "f"(high), "f"(low));
        return pair;
#else
        return e5m2_format::of(low) | e5m2_format::of(high) << 8;
#endif
    }
};

// The largest over the block, the same in every thread. All threads take part; lanes holds 32.
static __device__ __forceinline__ u32 block_largest(u32 value, u32* lanes) {
    for (int offset = 16; offset > 0; offset /= 2) {
        u32 other = __shfl_xor_sync(0xFFFFFFFFu, value, offset);
        value = other > value ? other : value;
    }
    if (threadIdx.x % 32 == 0) lanes[threadIdx.x / 32] = value;
    __syncthreads();
    value = threadIdx.x % 32 < blockDim.x / 32 ? lanes[threadIdx.x % 32] : 0;
    for (int offset = 16; offset > 0; offset /= 2) {
        u32 other = __shfl_xor_sync(0xFFFFFFFFu, value, offset);
        value = other > value ? other : value;
    }
    __syncthreads();
    return value;
}

// parts[block] = the bits of the largest |x|, as fp32, of those that the block reads. LARGEST_PARTS blocks.
extern "C" __global__ void assay_largest(const bf16* x, u64 elements, u32* parts) {
    __shared__ u32 lanes[32];
    u32 most = 0;
#pragma unroll 4
    for (u64 i = grid_thread(); i < elements / CHUNK; i += grid_threads()) {
        chunk c = chunk_load(x + CHUNK * i, 0, CHUNK, true);
        for (int pair = 0; pair < CHUNK / 2; pair++) {
            u32 low = c.word[pair] << 16 & 0x7FFF0000u, high = c.word[pair] & 0x7FFF0000u;
            u32 larger = low > high ? low : high;
            most = larger > most ? larger : most;
        }
    }
    most = block_largest(most, lanes);
    if (threadIdx.x == 0) parts[blockIdx.x] = most;
}

// What every element is multiplied by; the first block leaves the scale. Comparisons with NaN are false and leave it.
template <typename F>
static __device__ __forceinline__ float factor_of(const u32* parts, u32* lanes, float* scale) {
    u32 most = 0;
    for (u32 part = threadIdx.x; part < LARGEST_PARTS; part += blockDim.x) most = parts[part] > most ? parts[part] : most;
    float largest = __uint_as_float(block_largest(most, lanes));
    float factor = largest == 0.0f ? 1.0f : F::largest() / largest;
    if (factor > 8.507059173023462e37f) factor = 8.507059173023462e37f;  // 2^126: its inverse is a normal number
    if (blockIdx.x == 0 && threadIdx.x == 0) *scale = 1.0f / factor;
    return factor;
}

// Eight elements in eight bytes.
template <typename F>
static __device__ __forceinline__ uint2 quantized(const chunk& c, float factor) {
    float y[CHUNK];
    for (int e = 0; e < CHUNK; e++) y[e] = c.get(e) * factor;
    uint2 bytes = {F::two(y[0], y[1]) | F::two(y[2], y[3]) << 16, F::two(y[4], y[5]) | F::two(y[6], y[7]) << 16};
    return bytes;
}

template <typename F>
static __device__ __forceinline__ void quantize(
    const bf16* x, u64 elements, const u32* parts, unsigned char* out, float* scale) {
    __shared__ u32 lanes[32];
    float factor = factor_of<F>(parts, lanes, scale);
#pragma unroll 4
    for (u64 i = grid_thread(); i < elements / CHUNK; i += grid_threads()) {
        *(uint2*)(out + CHUNK * i) = quantized<F>(chunk_load(x + CHUNK * i, 0, CHUNK, true), factor);
    }
}

// A block takes tiles of 64 x 64; out may be none. 256 threads.
template <typename F>
static __device__ __forceinline__ void quantize_transposed(
    const bf16* x, u64 rows, u32 width, const u32* parts, unsigned char* out, unsigned char* transposed, float* scale) {
    __shared__ u32 lanes[32];
    __shared__ u32 tile[QUANTIZE_TILE * QUANTIZE_STRIDE / 4];
    float factor = factor_of<F>(parts, lanes, scale);
    u32 across = (width + QUANTIZE_TILE - 1) / QUANTIZE_TILE;
    u64 tiles = (rows + QUANTIZE_TILE - 1) / QUANTIZE_TILE * across;
    for (u64 t = blockIdx.x; t < tiles; t += gridDim.x) {
        u64 first_row = t / across * QUANTIZE_TILE;
        u32 first_column = (u32)(t % across) * QUANTIZE_TILE;
#pragma unroll
        for (u32 n = 0; n < 2; n++) {
            u32 row = threadIdx.x / 8 + 32 * n, column = threadIdx.x % 8 * CHUNK;
            if (first_row + row >= rows || first_column + column >= width) continue;
            u64 at = (first_row + row) * width + first_column + column;
            uint2 bytes = quantized<F>(chunk_load(x + at, 0, CHUNK, true), factor);
            if (out != 0) *(uint2*)(out + at) = bytes;
            u32 word = (row * QUANTIZE_STRIDE + column) / 4;
            tile[word] = bytes.x, tile[word + 1] = bytes.y;
        }
        __syncthreads();
        u32 column = threadIdx.x / 4, row = threadIdx.x % 4 * 16;
        if (first_row + row < rows && first_column + column < width) {
            u32 words[4] = {};
#pragma unroll
            for (u32 e = 0; e < 16; e++) {
                u32 byte = (row + e) * QUANTIZE_STRIDE + column;
                words[e / 4] |= (tile[byte / 4] >> 8 * (byte % 4) & 0xFFu) << 8 * (e % 4);
            }
            uint4 bytes = {words[0], words[1], words[2], words[3]};
            *(uint4*)(transposed + (u64)(first_column + column) * rows + first_row + row) = bytes;
        }
        __syncthreads();
    }
}

extern "C" __global__ void assay_quantize_e4m3(const bf16* x, u64 elements, const u32* parts, unsigned char* out, float* scale) {
    quantize<to_e4m3>(x, elements, parts, out, scale);
}

extern "C" __global__ void assay_quantize_e5m2(const bf16* x, u64 elements, const u32* parts, unsigned char* out, float* scale) {
    quantize<to_e5m2>(x, elements, parts, out, scale);
}

extern "C" __global__ void __launch_bounds__(256) assay_quantize_transposed_e4m3(
    const bf16* x, u64 rows, u32 width, const u32* parts, unsigned char* out, unsigned char* transposed, float* scale) {
    quantize_transposed<to_e4m3>(x, rows, width, parts, out, transposed, scale);
}

extern "C" __global__ void __launch_bounds__(256) assay_quantize_transposed_e5m2(
    const bf16* x, u64 rows, u32 width, const u32* parts, unsigned char* out, unsigned char* transposed, float* scale) {
    quantize_transposed<to_e5m2>(x, rows, width, parts, out, transposed, scale);
}

// Tiles of bf16 in shared memory and their products; a warpgroup (128 threads) makes 64 rows of a product, a warp 16 of them.
// A tile of ROWS x D lies in slabs of 64 columns, rows of 128 bytes, a row's chunks of 16 bytes at (chunk ^ row % 8): that is the
// layout of wgmma.cuh, and eight lanes that read one chunk of eight rows (ldmatrix), or eight of one row, meet no bank twice.
// On Hopper products are made by wgmma; elsewhere by mma.sync, which reads both operands by ldmatrix. They run from
// products_begin to products_wait; where they are mma.sync's they are done at once.
#ifndef ASSAY_TILE
#define ASSAY_TILE

#include "training.cuh"
#include "mma.cuh"
#include "wgmma.cuh"

#define ROW_BYTES 128
#define TILE_ALIGNMENT 1024

// One head of one sequence; columns, a multiple of 8, at most the tile's.
struct head_rows {
    const bf16* start;
    u32 stride, rows, columns;
};

static __device__ __forceinline__ u32 aligned_up(u32 address) {
    return (address + TILE_ALIGNMENT - 1) / TILE_ALIGNMENT * TILE_ALIGNMENT;
}

template <int ROWS>
static __device__ __forceinline__ u32 chunk_address(u32 tile, u32 row, u32 at) {
    return tile + at / 8 * (ROWS * ROW_BYTES) + row * ROW_BYTES + (at % 8 ^ row % 8) * 16;
}

// Starts to copy ROWS rows from `first`, if wanted; those behind the last become 0,
// and so do columns behind the head's. All THREADS threads of the block, which are
// whole groups of eight rows, so that a thread's chunks lie in rows with the same swizzle.
template <int D, int ROWS, int THREADS>
static __device__ __forceinline__ void tile_copy(u32 tile, const head_rows& from, u32 first, bool wanted) {
    const u32 STEP = THREADS / (D / CHUNK);
    static_assert(STEP % 8 == 0, "rows a pass");
    u32 row = threadIdx.x / (D / CHUNK), at = threadIdx.x % (D / CHUNK), to = chunk_address<ROWS>(tile, row, at);
    const bf16* source = from.start + (u64)(first + row) * from.stride + CHUNK * at;
#pragma unroll
    for (u32 n = 0; n < (ROWS + STEP - 1) / STEP; n++) {
        bool within = ROWS % STEP == 0 || row + n * STEP < ROWS;
        bool valid = first + row + n * STEP < from.rows && CHUNK * at < from.columns;
        copy_async_16(to + n * STEP * ROW_BYTES, source + (u64)(n * STEP) * from.stride, valid, wanted && within);
    }
}

// Which warpgroup a thread is in: the same for the whole warp, which the compiler must know.
static __device__ __forceinline__ u32 warpgroup() { return __shfl_sync(0xFFFFFFFFu, threadIdx.x / 128, 0); }

// All copies of all threads are there, and nobody reads any more what was read before.
static __device__ __forceinline__ void copies_arrived() {
    copy_wait();
#ifdef WARPGROUP_PRODUCTS
    proxy_fence();
#endif
    __syncthreads();
}

// A product's left operand from its 16 x 8 N result: 16 N / 2 columns of bf16, in groups of 16.
template <int N>
static __device__ __forceinline__ void rounded(u32 (*a)[4], const float (*s)[4]) {
#pragma unroll
    for (int k = 0; k < N / 2; k++) {
        a[k][0] = bf16_pair(s[2 * k][0], s[2 * k][1]);
        a[k][1] = bf16_pair(s[2 * k][2], s[2 * k][3]);
        a[k][2] = bf16_pair(s[2 * k + 1][0], s[2 * k + 1][1]);
        a[k][3] = bf16_pair(s[2 * k + 1][2], s[2 * k + 1][3]);
    }
}

#ifdef WARPGROUP_PRODUCTS

// Of the address, with a leading offset; the stride is eight rows, the swizzle of 128 bytes.
static __device__ __forceinline__ u64 descriptor(u32 address, u32 leading) {
    return (u64)(8 * ROW_BYTES / 16 | 1u << 30) << 32 | (address / 16 | leading / 16 << 16);
}

static __device__ __forceinline__ void products_begin() { wgmma_fence(); }

static __device__ __forceinline__ void products_end() { wgmma_commit(); }

// Until all but the last LEFT runs of products are done; s (8 COUNT columns) is what will be read of them.
template <int LEFT, int COUNT>
static __device__ __forceinline__ void products_wait(float (*s)[4]) {
    wgmma_wait<LEFT>();
    wgmma_result<COUNT>(s);
}

// s is made here, while products run, and not behind the next wait, where the compiler would put it.
template <int COUNT>
static __device__ __forceinline__ void made_meanwhile(float (*s)[4]) {
    wgmma_result<COUNT>(s);
}

// s (64 x 64) = rows of a warpgroup of one tile, from row `first`, times the rows of a tile of 64, transposed.
template <int D, int ROWS>
static __device__ __forceinline__ void times_transposed(float (*s)[4], u32 left, u32 first, u32 right) {
    u64 a = descriptor(left + first * ROW_BYTES, 16), b = descriptor(right, 16);
#pragma unroll
    for (u32 k = 0; k < D / 16; k++) {
        u32 in_row = k % 4 * 32;
        wgmma_shared(width<64>(), s, a + (k / 4 * ROWS * ROW_BYTES + in_row) / 16, b + (k / 4 * 64 * ROW_BYTES + in_row) / 16, k > 0);
    }
}

// sum (64 x D) += p (64 x 64) times a tile of 64 rows.
template <int D>
static __device__ __forceinline__ void times_tile(float (*sum)[4], const u32 (*p)[4], u32 right) {
    u64 b = descriptor(right, 64 * ROW_BYTES);
#pragma unroll
    for (u32 k = 0; k < 4; k++) wgmma_registers(width<D>(), sum, p[k], b + 16 * k * ROW_BYTES / 16, 1);
}

#else

static __device__ __forceinline__ void products_begin() {}

static __device__ __forceinline__ void products_end() {}

template <int LEFT, int COUNT>
static __device__ __forceinline__ void products_wait(float (*)[4]) {}

template <int COUNT>
static __device__ __forceinline__ void made_meanwhile(float (*)[4]) {}

template <int D, int ROWS>
static __device__ __forceinline__ void times_transposed(float (*s)[4], u32 left, u32 first, u32 right) {
    u32 lane = threadIdx.x % 32, r = lane % 8, m = lane / 8, row = first + threadIdx.x % 128 / 32 * 16 + r + m % 2 * 8;
#pragma unroll
    for (int n = 0; n < 8; n++) s[n][0] = s[n][1] = s[n][2] = s[n][3] = 0;
#pragma unroll
    for (int k = 0; k < D / 16; k++) {
        u32 a[4];
        matrices_load(a, chunk_address<ROWS>(left, row, 2 * k + m / 2));
#pragma unroll
        for (int n = 0; n < 8; n += 2) {
            u32 b[4];
            matrices_load(b, chunk_address<64>(right, 8 * n + r + m / 2 * 8, 2 * k + m % 2));
            mma_bf16(s[n], a, b[0], b[1]);
            mma_bf16(s[n + 1], a, b[2], b[3]);
        }
    }
}

template <int D>
static __device__ __forceinline__ void times_tile(float (*sum)[4], const u32 (*p)[4], u32 right) {
    u32 lane = threadIdx.x % 32, r = lane % 8, m = lane / 8;
#pragma unroll
    for (int k = 0; k < 4; k++) {
#pragma unroll
        for (int n = 0; n < D / 8; n += 2) {
            u32 b[4];
            matrices_load_transposed(b, chunk_address<64>(right, 16 * k + r + m % 2 * 8, n + m / 2));
            mma_bf16(sum[n], p[k], b[0], b[1]);
            mma_bf16(sum[n + 1], p[k], b[2], b[3]);
        }
    }
}

#endif
#endif

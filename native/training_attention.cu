// Causal attention with grouped heads by the tensor cores: dev.assay.device.TrainingKernels.
//   P = exp(Q K^T / sqrt(D) - lse), lse = log sum exp over the keys up to the query;  out = P V
//   dV = P^T dO;  dS = P (dO V^T - rowsum(dO out));  dQ = dS K / sqrt(D);  dK = dS^T Q / sqrt(D)
// Computed: 2 products forward and 7 backward (dQ and dK, dV by kernels of their own, which recompute P, so that nothing is added
// by two blocks and sums have a fixed order); masked tiles are left out. P and dS are rounded to bf16 before their products.
// Moved: Q, out, dQ once; K and V once for every tile of 64 queries, mostly from L2.
// Correct before fast: fragments are read from shared memory by 2 or 4 bytes, nothing is prefetched.
// A block has 4 warps of 16 rows each. Rows behind the sequence are read as 0 and not written.
#include "training.cuh"
#include "mma.cuh"

#define ATTENTION_ROWS 64
#define LOG2_E 1.4426950408889634f
#define MASKED -3.0e38f

struct attention_shape {
    u32 sequence, heads, kv_heads, query_stride, kv_stride;
};

// One head of one sequence.
struct head_rows {
    const bf16* start;
    u32 stride, rows;

    __device__ __forceinline__ u32 pair(u32 row, u32 column) const {
        return row < rows ? *(const u32*)(start + (u64)row * stride + column) : 0u;
    }
};

// Which rows a block takes of which head of which sequence.
struct attention_block {
    u32 tile, head;
    u64 sequence, rows_before;
};

static __device__ __forceinline__ attention_block block_of(u32 sequence, u32 heads) {
    u32 tiles = (sequence + ATTENTION_ROWS - 1) / ATTENTION_ROWS;
    attention_block b;
    b.tile = blockIdx.x % tiles;
    b.head = blockIdx.x / tiles % heads;
    b.sequence = blockIdx.x / tiles / heads;
    b.rows_before = b.sequence * sequence;
    return b;
}

template <int D>
static __device__ __forceinline__ head_rows rows_of(const bf16* from, u64 rows_before, u32 stride, u32 head, u32 rows) {
    head_rows h = {from + rows_before * stride + head * D, stride, rows};
    return h;
}

// COUNT rows from `first` into shared memory, 8 elements of padding behind each.
template <int D, int COUNT>
static __device__ __forceinline__ void tile_load(bf16 (*to)[D + 8], const head_rows& from, u32 first) {
    for (u32 i = threadIdx.x; i < COUNT * D / CHUNK; i += blockDim.x) {
        u32 row = i / (D / CHUNK), at = i % (D / CHUNK);
        chunk c = {};
        if (first + row < from.rows) c = chunk_load(from.start + (u64)(first + row) * from.stride, at, D, true);
        chunk_store(to[row], at, D, true, c);
    }
}

static __device__ __forceinline__ u32 packed(float low, float high) { return bf16_of(low) | (u32)bf16_of(high) << 16; }

// Rows row..row+15 of a tile in memory as the left operand, columns 16 k...
static __device__ __forceinline__ void left_load(u32* a, const head_rows& from, u32 row, u32 k) {
    u32 g = threadIdx.x % 32 / 4, t = threadIdx.x % 4 * 2;
    a[0] = from.pair(row + g, 16 * k + t), a[1] = from.pair(row + g + 8, 16 * k + t);
    a[2] = from.pair(row + g, 16 * k + t + 8), a[3] = from.pair(row + g + 8, 16 * k + t + 8);
}

// s (16 x 8 TILES) += left (rows row.. of memory) * tile^T.
template <int D, int TILES>
static __device__ __forceinline__ void times_transposed(float (*s)[4], const head_rows& left, u32 row, bf16 (*tile)[D + 8]) {
    u32 g = threadIdx.x % 32 / 4, t = threadIdx.x % 4 * 2;
    for (u32 k = 0; k < D / 16; k++) {
        u32 a[4];
        left_load(a, left, row, k);
#pragma unroll
        for (int n = 0; n < TILES; n++) {
            const bf16* from = tile[8 * n + g] + 16 * k + t;
            mma_bf16(s[n], a, *(const u32*)from, *(const u32*)(from + 8));
        }
    }
}

// sum (16 x D) += p (16 x 8 TILES, rounded to bf16) * tile.
template <int D, int TILES>
static __device__ __forceinline__ void times_tile(float (*sum)[4], const float (*p)[4], bf16 (*tile)[D + 8]) {
    u32 g = threadIdx.x % 32 / 4, t = threadIdx.x % 4 * 2;
#pragma unroll
    for (int k = 0; k < TILES / 2; k++) {
        u32 a[4] = {packed(p[2 * k][0], p[2 * k][1]), packed(p[2 * k][2], p[2 * k][3]),
                    packed(p[2 * k + 1][0], p[2 * k + 1][1]), packed(p[2 * k + 1][2], p[2 * k + 1][3])};
#pragma unroll
        for (int n = 0; n < D / 8; n++) {
            u32 column = 8 * n + g, row = 16 * k + t;
            mma_bf16(sum[n], a, tile[row][column] | (u32)tile[row + 1][column] << 16,
                     tile[row + 8][column] | (u32)tile[row + 9][column] << 16);
        }
    }
}

// Rows row.. of a product of 16 x D, times a factor for its upper and its lower eight rows.
template <int D>
static __device__ __forceinline__ void product_store(
    bf16* to, u32 stride, u32 rows, u32 row, const float (*sum)[4], float upper, float lower) {
    u32 g = threadIdx.x % 32 / 4, t = threadIdx.x % 4 * 2;
#pragma unroll
    for (int n = 0; n < D / 8; n++) {
        if (row + g < rows) *(u32*)(to + (u64)(row + g) * stride + 8 * n + t) = packed(sum[n][0] * upper, sum[n][1] * upper);
        if (row + g + 8 < rows) {
            *(u32*)(to + (u64)(row + g + 8) * stride + 8 * n + t) = packed(sum[n][2] * lower, sum[n][3] * lower);
        }
    }
}

// Over the four lanes that hold a row.
static __device__ __forceinline__ float row_max(float x) {
    x = fmaxf(x, __shfl_xor_sync(0xFFFFFFFFu, x, 1));
    return fmaxf(x, __shfl_xor_sync(0xFFFFFFFFu, x, 2));
}

static __device__ __forceinline__ float row_sum(float x) {
    x += __shfl_xor_sync(0xFFFFFFFFu, x, 1);
    return x + __shfl_xor_sync(0xFFFFFFFFu, x, 2);
}

// Tiles of keys are as high as tiles of queries, so every query sees a key in each tile that its block looks at.
template <int D>
static __device__ __forceinline__ void attention_forward(
    const bf16* query, const bf16* key, const bf16* value, attention_shape shape, float scale, bf16* out, float* lse) {
    __shared__ __align__(16) bf16 keys[ATTENTION_ROWS][D + 8], values[ATTENTION_ROWS][D + 8];
    attention_block b = block_of(shape.sequence, shape.heads);
    u32 kv_head = b.head / (shape.heads / shape.kv_heads), g = threadIdx.x % 32 / 4, t = threadIdx.x % 4 * 2;
    head_rows q = rows_of<D>(query, b.rows_before, shape.query_stride, b.head, shape.sequence);
    head_rows k = rows_of<D>(key, b.rows_before, shape.kv_stride, kv_head, shape.sequence);
    head_rows v = rows_of<D>(value, b.rows_before, shape.kv_stride, kv_head, shape.sequence);
    u32 row = b.tile * ATTENTION_ROWS + threadIdx.x / 32 * 16;
    float sum[D / 8][4] = {}, largest[2] = {MASKED, MASKED}, total[2] = {};
    for (u32 tile = 0; tile <= b.tile; tile++) {
        __syncthreads();
        tile_load<D, ATTENTION_ROWS>(keys, k, tile * ATTENTION_ROWS);
        tile_load<D, ATTENTION_ROWS>(values, v, tile * ATTENTION_ROWS);
        __syncthreads();
        float s[8][4] = {};
        times_transposed<D, 8>(s, q, row, keys);
        float most[2] = {largest[0], largest[1]};
#pragma unroll
        for (u32 n = 0; n < 8; n++) {
#pragma unroll
            for (u32 e = 0; e < 4; e++) {
                u32 at = tile * ATTENTION_ROWS + 8 * n + t + e % 2, from = row + g + e / 2 * 8;
                s[n][e] = at <= from && at < shape.sequence ? s[n][e] * scale * LOG2_E : MASKED;
                most[e / 2] = fmaxf(most[e / 2], s[n][e]);
            }
        }
#pragma unroll
        for (u32 half = 0; half < 2; half++) {
            most[half] = row_max(most[half]);
            float keep = exp2f(largest[half] - most[half]);
            largest[half] = most[half];
            total[half] *= keep;
            for (u32 n = 0; n < D / 8; n++) sum[n][2 * half] *= keep, sum[n][2 * half + 1] *= keep;
        }
#pragma unroll
        for (u32 n = 0; n < 8; n++) {
#pragma unroll
            for (u32 e = 0; e < 4; e++) {
                s[n][e] = exp2f(s[n][e] - largest[e / 2]);
                total[e / 2] += s[n][e];
            }
        }
        times_tile<D, 8>(sum, s, values);
    }
    total[0] = row_sum(total[0]), total[1] = row_sum(total[1]);
    product_store<D>(out + (b.rows_before * shape.heads + b.head) * D, shape.heads * D, shape.sequence, row, sum,
                     1.0f / total[0], 1.0f / total[1]);
    for (u32 half = 0; half < 2; half++) {
        u32 at = row + g + 8 * half;
        if (t == 0 && at < shape.sequence) {
            lse[(b.sequence * shape.heads + b.head) * shape.sequence + at] = largest[half] / LOG2_E + logf(total[half]);
        }
    }
}

// sums[sequence][head][row] = rowsum(dO out). A warp a row of a head.
extern "C" __global__ void assay_attention_sums(
    const bf16* out, const bf16* d_out, u64 rows, u32 sequence, u32 heads, u32 head_size, float* sums) {
    for (u64 i = grid_thread() / 32; i < rows * heads; i += grid_threads() / 32) {
        float sum = 0;
        for (u32 e = threadIdx.x % 32; e < head_size; e += 32) {
            sum += bf16_to_float(out[i * head_size + e]) * bf16_to_float(d_out[i * head_size + e]);
        }
        sum = warp_sum(sum);
        u64 row = i / heads, head = i % heads;
        if (threadIdx.x % 32 == 0) sums[(row / sequence * heads + head) * sequence + row % sequence] = sum;
    }
}

template <int D>
static __device__ __forceinline__ void attention_query_gradient(
    const bf16* query, const bf16* key, const bf16* value, const bf16* d_out, const float* lse, const float* sums,
    attention_shape shape, float scale, bf16* d_query) {
    __shared__ __align__(16) bf16 keys[ATTENTION_ROWS][D + 8], values[ATTENTION_ROWS][D + 8];
    attention_block b = block_of(shape.sequence, shape.heads);
    u32 kv_head = b.head / (shape.heads / shape.kv_heads), g = threadIdx.x % 32 / 4, t = threadIdx.x % 4 * 2;
    head_rows q = rows_of<D>(query, b.rows_before, shape.query_stride, b.head, shape.sequence);
    head_rows k = rows_of<D>(key, b.rows_before, shape.kv_stride, kv_head, shape.sequence);
    head_rows v = rows_of<D>(value, b.rows_before, shape.kv_stride, kv_head, shape.sequence);
    head_rows dy = rows_of<D>(d_out, b.rows_before, shape.heads * D, b.head, shape.sequence);
    u32 row = b.tile * ATTENTION_ROWS + threadIdx.x / 32 * 16;
    u64 statistics = (b.sequence * shape.heads + b.head) * shape.sequence;
    float sum[D / 8][4] = {}, log_sum[2] = {}, with_out[2] = {};
    for (u32 half = 0; half < 2; half++) {
        u32 at = row + g + 8 * half;
        if (at < shape.sequence) log_sum[half] = lse[statistics + at], with_out[half] = sums[statistics + at];
    }
    for (u32 tile = 0; tile <= b.tile; tile++) {
        __syncthreads();
        tile_load<D, ATTENTION_ROWS>(keys, k, tile * ATTENTION_ROWS);
        tile_load<D, ATTENTION_ROWS>(values, v, tile * ATTENTION_ROWS);
        __syncthreads();
        float p[8][4] = {}, dp[8][4] = {};
        times_transposed<D, 8>(p, q, row, keys);
        times_transposed<D, 8>(dp, dy, row, values);
#pragma unroll
        for (u32 n = 0; n < 8; n++) {
#pragma unroll
            for (u32 e = 0; e < 4; e++) {
                u32 at = tile * ATTENTION_ROWS + 8 * n + t + e % 2, from = row + g + e / 2 * 8;
                bool seen = at <= from && from < shape.sequence;
                p[n][e] = seen ? exp2f((p[n][e] * scale - log_sum[e / 2]) * LOG2_E) * (dp[n][e] - with_out[e / 2]) : 0.0f;
            }
        }
        times_tile<D, 8>(sum, p, keys);
    }
    product_store<D>(d_query + b.rows_before * shape.query_stride + b.head * D, shape.query_stride, shape.sequence, row, sum,
                     scale, scale);
}

#define QUERY_ROWS 32

// A block takes 64 keys and goes over the queries of all heads that share them.
template <int D>
static __device__ __forceinline__ void attention_key_gradient(
    const bf16* query, const bf16* key, const bf16* value, const bf16* d_out, const float* lse, const float* sums,
    attention_shape shape, float scale, bf16* d_key, bf16* d_value) {
    __shared__ __align__(16) bf16 queries[QUERY_ROWS][D + 8], outs[QUERY_ROWS][D + 8];
    attention_block b = block_of(shape.sequence, shape.kv_heads);
    u32 group = shape.heads / shape.kv_heads, g = threadIdx.x % 32 / 4, t = threadIdx.x % 4 * 2;
    head_rows k = rows_of<D>(key, b.rows_before, shape.kv_stride, b.head, shape.sequence);
    head_rows v = rows_of<D>(value, b.rows_before, shape.kv_stride, b.head, shape.sequence);
    u32 row = b.tile * ATTENTION_ROWS + threadIdx.x / 32 * 16;
    float keys[D / 8][4] = {}, values[D / 8][4] = {};
    for (u32 head = b.head * group; head < (b.head + 1) * group; head++) {
        head_rows q = rows_of<D>(query, b.rows_before, shape.query_stride, head, shape.sequence);
        head_rows dy = rows_of<D>(d_out, b.rows_before, shape.heads * D, head, shape.sequence);
        u64 statistics = (b.sequence * shape.heads + head) * shape.sequence;
        for (u32 first = b.tile * ATTENTION_ROWS; first < shape.sequence; first += QUERY_ROWS) {
            __syncthreads();
            tile_load<D, QUERY_ROWS>(queries, q, first);
            tile_load<D, QUERY_ROWS>(outs, dy, first);
            __syncthreads();
            float p[4][4] = {}, ds[4][4] = {};
            times_transposed<D, 4>(p, k, row, queries);
            times_transposed<D, 4>(ds, v, row, outs);
#pragma unroll
            for (u32 n = 0; n < 4; n++) {
#pragma unroll
                for (u32 e = 0; e < 4; e++) {
                    u32 from = first + 8 * n + t + e % 2, at = row + g + e / 2 * 8;
                    bool seen = at <= from && from < shape.sequence;
                    p[n][e] = seen ? exp2f((p[n][e] * scale - lse[statistics + from]) * LOG2_E) : 0.0f;
                    ds[n][e] = seen ? p[n][e] * (ds[n][e] - sums[statistics + from]) : 0.0f;
                }
            }
            times_tile<D, 4>(values, p, outs);
            times_tile<D, 4>(keys, ds, queries);
        }
    }
    u64 start = b.rows_before * shape.kv_stride + b.head * D;
    product_store<D>(d_key + start, shape.kv_stride, shape.sequence, row, keys, scale, scale);
    product_store<D>(d_value + start, shape.kv_stride, shape.sequence, row, values, 1.0f, 1.0f);
}

extern "C" __global__ void __launch_bounds__(128) assay_attention_64(
    const bf16* query, const bf16* key, const bf16* value, u32 sequence, u32 heads, u32 kv_heads, u32 query_stride, u32 kv_stride, float scale,
    bf16* out, float* lse) {
    attention_shape shape = {sequence, heads, kv_heads, query_stride, kv_stride};
    attention_forward<64>(query, key, value, shape, scale, out, lse);
}

extern "C" __global__ void __launch_bounds__(128) assay_attention_query_gradient_64(
    const bf16* query, const bf16* key, const bf16* value, u32 sequence, u32 heads, u32 kv_heads, u32 query_stride, u32 kv_stride, float scale,
    const bf16* d_out, const float* lse, const float* sums, bf16* d_query) {
    attention_shape shape = {sequence, heads, kv_heads, query_stride, kv_stride};
    attention_query_gradient<64>(query, key, value, d_out, lse, sums, shape, scale, d_query);
}

extern "C" __global__ void __launch_bounds__(128) assay_attention_key_gradient_64(
    const bf16* query, const bf16* key, const bf16* value, u32 sequence, u32 heads, u32 kv_heads, u32 query_stride, u32 kv_stride, float scale,
    const bf16* d_out, const float* lse, const float* sums, bf16* d_key, bf16* d_value) {
    attention_shape shape = {sequence, heads, kv_heads, query_stride, kv_stride};
    attention_key_gradient<64>(query, key, value, d_out, lse, sums, shape, scale, d_key, d_value);
}

extern "C" __global__ void __launch_bounds__(128) assay_attention_128(
    const bf16* query, const bf16* key, const bf16* value, u32 sequence, u32 heads, u32 kv_heads, u32 query_stride, u32 kv_stride, float scale,
    bf16* out, float* lse) {
    attention_shape shape = {sequence, heads, kv_heads, query_stride, kv_stride};
    attention_forward<128>(query, key, value, shape, scale, out, lse);
}

extern "C" __global__ void __launch_bounds__(128) assay_attention_query_gradient_128(
    const bf16* query, const bf16* key, const bf16* value, u32 sequence, u32 heads, u32 kv_heads, u32 query_stride, u32 kv_stride, float scale,
    const bf16* d_out, const float* lse, const float* sums, bf16* d_query) {
    attention_shape shape = {sequence, heads, kv_heads, query_stride, kv_stride};
    attention_query_gradient<128>(query, key, value, d_out, lse, sums, shape, scale, d_query);
}

extern "C" __global__ void __launch_bounds__(128) assay_attention_key_gradient_128(
    const bf16* query, const bf16* key, const bf16* value, u32 sequence, u32 heads, u32 kv_heads, u32 query_stride, u32 kv_stride, float scale,
    const bf16* d_out, const float* lse, const float* sums, bf16* d_key, bf16* d_value) {
    attention_shape shape = {sequence, heads, kv_heads, query_stride, kv_stride};
    attention_key_gradient<128>(query, key, value, d_out, lse, sums, shape, scale, d_key, d_value);
}

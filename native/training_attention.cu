// Causal attention with grouped heads by the tensor cores: dev.assay.device.TrainingKernels.
//   P = exp(Q K^T / sqrt(D) - lse), lse = log sum exp over the keys up to the query;  out = P V
//   dV = P^T dO;  dS = P (dO V^T - rowsum(dO out));  dQ = dS K / sqrt(D);  dK = dS^T Q / sqrt(D)
// Computed: 2 products forward and 7 backward (dQ and dK, dV by kernels of their own, which recompute P, so that nothing is added
// by two blocks and sums have a fixed order); tiles that are masked whole are left out, and only those on the diagonal are masked.
// P and dS are rounded to bf16 before their products.
// A block takes 128 rows of a head (queries, or keys for dK and dV), 64 a warpgroup, which stay in shared memory, and goes over
// tiles of 64 rows of what they are multiplied with, the next tile being copied meanwhile. Exponentials are of base 2, their
// scale one multiply-add. Rows behind the sequence are read as 0 and not written.
// Moved: what stays, once; what is gone over, once for every 128 rows, mostly from L2, as blocks of 16 heads run together.
#include "tile.cuh"

#define TILE_ROWS 64
#define TOGETHER 16
#define MASKED -3.0e38f

struct attention_shape {
    u32 sequence, heads, kv_heads, query_stride, kv_stride, head_size;
};

// Which rows a block takes of which head of which sequence.
struct attention_block {
    u32 tile, head;
    u64 sequence, rows_before;
};

// Heads TOGETHER by TOGETHER; of those, the tiles with most work first: the last of queries, the first of keys.
static __device__ __forceinline__ attention_block block_of(u32 sequence, u32 heads, u32 rows, bool last_first) {
    u32 tiles = (sequence + rows - 1) / rows, first = blockIdx.x / (TOGETHER * tiles) * TOGETHER;
    u32 left = gridDim.x / tiles - first, together = left < TOGETHER ? left : TOGETHER, at = blockIdx.x - first * tiles;
    u32 head = first + at % together, tile = at / together;
    attention_block b;
    b.tile = last_first ? tiles - 1 - tile : tile;
    b.head = head % heads;
    b.sequence = head / heads;
    b.rows_before = b.sequence * sequence;
    return b;
}

static __device__ __forceinline__ head_rows rows_of(
    const bf16* from, u64 rows_before, u32 stride, u32 head, const attention_shape& shape) {
    head_rows h = {from + rows_before * stride + head * shape.head_size, stride, shape.sequence, shape.head_size};
    return h;
}

// Rows row.. of a product of 16 x D, of which `columns` count, times a factor for its upper and its lower eight rows.
template <int D>
static __device__ __forceinline__ void product_store(
    bf16* to, u32 stride, u32 rows, u32 columns, u32 row, const float (*sum)[4], float upper, float lower) {
    u32 g = threadIdx.x % 32 / 4, t = threadIdx.x % 4 * 2;
#pragma unroll
    for (int n = 0; n < D / 8; n++) {
        if (8 * n >= columns) break;
        if (row + g < rows) *(u32*)(to + (u64)(row + g) * stride + 8 * n + t) = bf16_pair(sum[n][0] * upper, sum[n][1] * upper);
        if (row + g + 8 < rows) {
            *(u32*)(to + (u64)(row + g + 8) * stride + 8 * n + t) = bf16_pair(sum[n][2] * lower, sum[n][3] * lower);
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

// The softmax of a tile of 64 keys, and what it makes of the rows so far: two rows of four lanes each.
struct running_softmax {
    float largest[2], total[2];  // of products before their scale; total is this lane's share
};

// s becomes exp(scale (s - largest)); keep is by what all before has to be multiplied. factor = scale log2 e.
static __device__ __forceinline__ void softmax_add(running_softmax& r, float (*s)[4], float factor, float* keep) {
    float most[2] = {r.largest[0], r.largest[1]};
#pragma unroll
    for (int n = 0; n < 8; n++) {
        most[0] = fmaxf(most[0], fmaxf(s[n][0], s[n][1]));
        most[1] = fmaxf(most[1], fmaxf(s[n][2], s[n][3]));
    }
#pragma unroll
    for (int half = 0; half < 2; half++) {
        most[half] = row_max(most[half]);
        keep[half] = exp2_fast((r.largest[half] - most[half]) * factor);
        r.largest[half] = most[half];
        r.total[half] *= keep[half];
        float offset = -most[half] * factor;
#pragma unroll
        for (int n = 0; n < 8; n++) {
#pragma unroll
            for (int e = 2 * half; e < 2 * half + 2; e++) {
                s[n][e] = exp2_fast(__fmaf_rn(s[n][e], factor, offset));
                r.total[half] += s[n][e];
            }
        }
    }
}

// Tiles of 64 keys that queries row..row+63 see; row is a multiple of 64.
static __device__ __forceinline__ u32 tiles_seen(u32 row) { return row / TILE_ROWS + 1; }

// And all queries of a block.
template <int ROWS>
static __device__ __forceinline__ u32 tiles_of_block(u32 block, u32 sequence) {
    u32 seen = tiles_seen(block * ROWS + ROWS - TILE_ROWS), all = (sequence + TILE_ROWS - 1) / TILE_ROWS;
    return seen < all ? seen : all;
}

// What of a tile's scores lies beyond the diagonal; rows and columns are those of this lane's first.
static __device__ __forceinline__ void mask_diagonal(float (*s)[4], u32 row, u32 column, float masked) {
    keep_branch();
#pragma unroll
    for (u32 n = 0; n < 8; n++) {
#pragma unroll
        for (u32 e = 0; e < 4; e++) {
            if (column + 8 * n + e % 2 > row + e / 2 * 8) s[n][e] = masked;
        }
    }
}

// Keys and values of a head on their way: a tile of values arrives one step after the keys of the same tile, as it is needed then.
template <int D, int THREADS>
struct keys_and_values {
    head_rows k, v;
    u32 buffers, tiles;

    __device__ __forceinline__ u32 keys(u32 tile) const { return buffers + tile % 2 * (TILE_ROWS * D * 2); }

    __device__ __forceinline__ u32 values(u32 tile) const { return keys(tile) + 2 * (TILE_ROWS * D * 2); }

    __device__ __forceinline__ void start_keys(u32 tile) const {
        tile_copy<D, TILE_ROWS, THREADS>(keys(tile), k, tile * TILE_ROWS, tile < tiles);
    }

    // Keys of `tile` and values of the tile before it are there; what comes next is started. All threads, for tiles 0..tiles.
    __device__ __forceinline__ void step(u32 tile) const {
        copies_arrived();
        start_keys(tile + 1);
        tile_copy<D, TILE_ROWS, THREADS>(values(tile), v, tile * TILE_ROWS, tile < tiles);
        copy_commit();
    }
};

// The product with a tile's values runs beside the next tile's softmax: keys are multiplied first, values of the tile before then.
template <int D, int GROUPS>
static __device__ __forceinline__ void attention_forward(
    const bf16* query, const bf16* key, const bf16* value, attention_shape shape, float scale, bf16* out, float* lse) {
    const u32 TILE = TILE_ROWS * D * 2, ROWS = TILE_ROWS * GROUPS, THREADS = 128 * GROUPS;
    attention_block b = block_of(shape.sequence, shape.heads, ROWS, true);
    u32 kv_head = b.head / (shape.heads / shape.kv_heads), g = threadIdx.x % 32 / 4, t = threadIdx.x % 4 * 2;
    head_rows q = rows_of(query, b.rows_before, shape.query_stride, b.head, shape);
    u32 queries = aligned_up(shared_address(shared_memory()));
    u32 half = warpgroup() * TILE_ROWS, rows = b.tile * ROWS + half, row = rows + threadIdx.x % 128 / 32 * 16;
    keys_and_values<D, THREADS> from = {rows_of(key, b.rows_before, shape.kv_stride, kv_head, shape),
                                        rows_of(value, b.rows_before, shape.kv_stride, kv_head, shape),
                                        queries + GROUPS * TILE, tiles_of_block<ROWS>(b.tile, shape.sequence)};
    // Rows behind the sequence may belong to no tile: their warpgroup goes along with the last one.
    u32 mine = tiles_seen(rows) < from.tiles ? tiles_seen(rows) : from.tiles;
    float sum[D / 8][4] = {}, s[8][4], keep[2], factor = scale * LOG2_E;
    u32 p[4][4];
    running_softmax softmax = {{MASKED, MASKED}, {}};
    tile_copy<D, ROWS, THREADS>(queries, q, b.tile * ROWS, true);
    from.start_keys(0);
    copy_commit();
    from.step(0);
    products_begin();
    times_transposed<D, ROWS>(s, queries, half, from.keys(0));
    products_end();
    products_wait<0, 8>(s);
    if (mine == 1) mask_diagonal(s, row + g, t, MASKED);
    softmax_add(softmax, s, factor, keep);
    rounded<8>(p, s);
    for (u32 tile = 1; tile < mine; tile++) {
        from.step(tile);
        products_begin();
        times_transposed<D, ROWS>(s, queries, half, from.keys(tile));
        products_end();
        times_tile<D>(sum, p, from.values(tile - 1));
        products_end();
        products_wait<1, 8>(s);
        if (tile + 1 == mine) mask_diagonal(s, row + g, tile * TILE_ROWS + t, MASKED);
        softmax_add(softmax, s, factor, keep);
        made_meanwhile<8>(s);
        // Totals are never below 0: so the branch, and with it the wait, comes after the exponentials, where ptxas would else put it
        // before them.
        bool changed = keep[0] != 1.0f || keep[1] != 1.0f || softmax.total[0] < 0 || softmax.total[1] < 0;
        if (__ballot_sync(0xFFFFFFFFu, changed) != 0) {
            products_wait<0, D / 8>(sum);
#pragma unroll
            for (int n = 0; n < D / 8; n++) {
                sum[n][0] *= keep[0], sum[n][1] *= keep[0], sum[n][2] *= keep[1], sum[n][3] *= keep[1];
            }
        } else {
            products_wait<0, D / 8>(sum);
        }
        rounded<8>(p, s);
    }
    from.step(mine);
    products_begin();
    times_tile<D>(sum, p, from.values(mine - 1));
    products_end();
    products_wait<0, D / 8>(sum);
    for (u32 tile = mine + 1; tile <= from.tiles; tile++) from.step(tile);
    float total[2] = {row_sum(softmax.total[0]), row_sum(softmax.total[1])};
    product_store<D>(out + (b.rows_before * shape.heads + b.head) * shape.head_size, shape.heads * shape.head_size, shape.sequence,
                     shape.head_size, row, sum,
                     1.0f / total[0], 1.0f / total[1]);
    for (u32 e = 0; e < 2; e++) {
        u32 at = row + g + 8 * e;
        if (t == 0 && at < shape.sequence) {
            lse[(b.sequence * shape.heads + b.head) * shape.sequence + at] = softmax.largest[e] * scale + logf(total[e]);
        }
    }
}

// sums[sequence][head][row] = rowsum(dO out). D / 8 lanes a row of a head, of which head_size / 8 read.
template <int D>
static __device__ __forceinline__ void attention_sums(
    const bf16* out, const bf16* d_out, u64 rows, u32 sequence, u32 heads, u32 head_size, float* sums) {
    u32 lane = threadIdx.x % (D / CHUNK);
    for (u64 first = grid_thread() / 32 * (32 / (D / CHUNK)); first < rows * heads; first += grid_threads() / (D / CHUNK)) {
        u64 i = first + threadIdx.x % 32 / (D / CHUNK);
        chunk a = {}, b = {};
        if (i < rows * heads && CHUNK * lane < head_size) {
            a = chunk_load(out + i * head_size, lane, D, true), b = chunk_load(d_out + i * head_size, lane, D, true);
        }
        float sum = 0;
        for (int e = 0; e < CHUNK; e++) sum = __fmaf_rn(a.get(e), b.get(e), sum);
#pragma unroll
        for (int offset = D / CHUNK / 2; offset > 0; offset /= 2) sum += __shfl_xor_sync(0xFFFFFFFFu, sum, offset);
        u64 row = i / heads, head = i % heads;
        if (lane == 0 && i < rows * heads) sums[(row / sequence * heads + head) * sequence + row % sequence] = sum;
    }
}

template <int D, int GROUPS>
static __device__ __forceinline__ void attention_query_gradient(
    const bf16* query, const bf16* key, const bf16* value, const bf16* d_out, const float* lse, const float* sums,
    attention_shape shape, float scale, bf16* d_query) {
    const u32 TILE = TILE_ROWS * D * 2, ROWS = TILE_ROWS * GROUPS, THREADS = 128 * GROUPS;
    attention_block b = block_of(shape.sequence, shape.heads, ROWS, true);
    u32 kv_head = b.head / (shape.heads / shape.kv_heads), g = threadIdx.x % 32 / 4, t = threadIdx.x % 4 * 2;
    head_rows q = rows_of(query, b.rows_before, shape.query_stride, b.head, shape);
    head_rows k = rows_of(key, b.rows_before, shape.kv_stride, kv_head, shape);
    head_rows v = rows_of(value, b.rows_before, shape.kv_stride, kv_head, shape);
    head_rows dy = rows_of(d_out, b.rows_before, shape.heads * shape.head_size, b.head, shape);
    u32 queries = aligned_up(shared_address(shared_memory())), outs = queries + GROUPS * TILE, keys = outs + GROUPS * TILE;
    u32 half = warpgroup() * TILE_ROWS, rows = b.tile * ROWS + half, row = rows + threadIdx.x % 128 / 32 * 16;
    u32 tiles = tiles_of_block<ROWS>(b.tile, shape.sequence);
    u64 statistics = (b.sequence * shape.heads + b.head) * shape.sequence;
    float sum[D / 8][4] = {}, offset[2] = {}, with_out[2] = {}, factor = scale * LOG2_E;
    tile_copy<D, ROWS, THREADS>(queries, q, b.tile * ROWS, true);
    tile_copy<D, ROWS, THREADS>(outs, dy, b.tile * ROWS, true);
    tile_copy<D, TILE_ROWS, THREADS>(keys, k, 0, true);
    tile_copy<D, TILE_ROWS, THREADS>(keys + TILE, v, 0, true);
    copy_commit();
    for (u32 e = 0; e < 2; e++) {
        u32 at = row + g + 8 * e;
        if (at < shape.sequence) offset[e] = -lse[statistics + at] * LOG2_E, with_out[e] = sums[statistics + at];
    }
    for (u32 tile = 0; tile < tiles; tile++) {
        copies_arrived();
        u32 here = keys + tile % 2 * 2 * TILE;
        u32 next = keys + (tile + 1) % 2 * 2 * TILE;
        tile_copy<D, TILE_ROWS, THREADS>(next, k, (tile + 1) * TILE_ROWS, tile + 1 < tiles);
        tile_copy<D, TILE_ROWS, THREADS>(next + TILE, v, (tile + 1) * TILE_ROWS, tile + 1 < tiles);
        copy_commit();
        if (tile >= tiles_seen(rows)) continue;
        float p[8][4], dp[8][4];
        products_begin();
        times_transposed<D, ROWS>(p, queries, half, here);
        products_end();
        times_transposed<D, ROWS>(dp, outs, half, here + TILE);
        products_end();
        products_wait<1, 8>(p);
#pragma unroll
        for (u32 n = 0; n < 8; n++) {
#pragma unroll
            for (u32 e = 0; e < 4; e++) p[n][e] = exp2_fast(__fmaf_rn(p[n][e], factor, offset[e / 2]));
        }
        if (tile + 1 == tiles_seen(rows)) mask_diagonal(p, row + g, tile * TILE_ROWS + t, 0);
        made_meanwhile<8>(p);
        products_wait<0, 8>(dp);
#pragma unroll
        for (u32 n = 0; n < 8; n++) {
#pragma unroll
            for (u32 e = 0; e < 4; e++) p[n][e] *= dp[n][e] - with_out[e / 2];
        }
        u32 ds[4][4];
        rounded<8>(ds, p);
        products_begin();
        times_tile<D>(sum, ds, here);
        products_end();
        products_wait<0, D / 8>(sum);
    }
    product_store<D>(d_query + b.rows_before * shape.query_stride + b.head * shape.head_size, shape.query_stride, shape.sequence,
                     shape.head_size, row, sum,
                     scale, scale);
}

// 64 queries and dO of one head, and behind them lse and rowsum(dO out) of each.
template <int D, int THREADS>
static __device__ __forceinline__ void queries_copy(
    u32 to, const bf16* query, const bf16* d_out, const float* lse, const float* sums, attention_shape shape,
    const attention_block& b, u32 head, u32 first, bool wanted) {
    const u32 TILE = TILE_ROWS * D * 2;
    tile_copy<D, TILE_ROWS, THREADS>(to, rows_of(query, b.rows_before, shape.query_stride, head, shape), first, wanted);
    tile_copy<D, TILE_ROWS, THREADS>(
        to + TILE, rows_of(d_out, b.rows_before, shape.heads * shape.head_size, head, shape), first, wanted);
    const float* from = (threadIdx.x < TILE_ROWS ? lse : sums) + (b.sequence * shape.heads + head) * shape.sequence;
    u32 at = first + threadIdx.x % TILE_ROWS;
    copy_async_4(to + 2 * TILE + 4 * threadIdx.x, from + at, at < shape.sequence, wanted && threadIdx.x < 2 * TILE_ROWS);
    copy_commit();
}

// A block takes 128 keys and goes over the queries of all heads that share them.
template <int D, int GROUPS>
static __device__ __forceinline__ void attention_key_gradient(
    const bf16* query, const bf16* key, const bf16* value, const bf16* d_out, const float* lse, const float* sums,
    attention_shape shape, float scale, bf16* d_key, bf16* d_value) {
    const u32 TILE = TILE_ROWS * D * 2, STAGE = 2 * TILE + TILE_ALIGNMENT, ROWS = TILE_ROWS * GROUPS, THREADS = 128 * GROUPS;
    attention_block b = block_of(shape.sequence, shape.kv_heads, ROWS, false);
    u32 g = threadIdx.x % 32 / 4, t = threadIdx.x % 4 * 2;
    u32 keys = aligned_up(shared_address(shared_memory())), values = keys + GROUPS * TILE, queries = values + GROUPS * TILE;
    const unsigned char* base = shared_memory() - shared_address(shared_memory());
    u32 half = warpgroup() * TILE_ROWS, rows = b.tile * ROWS + half, row = rows + threadIdx.x % 128 / 32 * 16;
    u32 group = shape.heads / shape.kv_heads, first = b.tile * (GROUPS);
    u32 tiles = (shape.sequence + TILE_ROWS - 1) / TILE_ROWS, head = b.head * group, tile = first, steps = group * (tiles - first);
    float d_keys[D / 8][4] = {}, d_values[D / 8][4] = {}, factor = scale * LOG2_E;
    tile_copy<D, ROWS, THREADS>(keys, rows_of(key, b.rows_before, shape.kv_stride, b.head, shape), b.tile * ROWS, true);
    tile_copy<D, ROWS, THREADS>(values, rows_of(value, b.rows_before, shape.kv_stride, b.head, shape), b.tile * ROWS, true);
    queries_copy<D, THREADS>(queries, query, d_out, lse, sums, shape, b, head, tile * TILE_ROWS, true);
    for (u32 step = 0; step < steps; step++) {
        copies_arrived();
        u32 here = queries + step % 2 * STAGE, from = tile * TILE_ROWS;
        if (++tile == tiles) tile = first, head++;
        queries_copy<D, THREADS>(queries + (step + 1) % 2 * STAGE, query, d_out, lse, sums, shape, b, head, tile * TILE_ROWS,
                                 step + 1 < steps);
        if (from < rows) continue;
        const float* lse_here = (const float*)(base + here + 2 * TILE);
        float p[8][4], ds[8][4];
        products_begin();
        times_transposed<D, ROWS>(p, keys, half, here);
        products_end();
        times_transposed<D, ROWS>(ds, values, half, here + TILE);
        products_end();
        products_wait<1, 8>(p);
#pragma unroll
        for (u32 n = 0; n < 8; n++) {
            float2 sums_of_exp = *(const float2*)(lse_here + 8 * n + t);
            float offset[2] = {-sums_of_exp.x * LOG2_E, -sums_of_exp.y * LOG2_E};
#pragma unroll
            for (u32 e = 0; e < 4; e++) p[n][e] = exp2_fast(__fmaf_rn(p[n][e], factor, offset[e % 2]));
        }
        if (from == rows) {
            keep_branch();
#pragma unroll
            for (u32 n = 0; n < 8; n++) {
#pragma unroll
                for (u32 e = 0; e < 4; e++) {
                    if (row + g + e / 2 * 8 > from + 8 * n + t + e % 2) p[n][e] = 0;
                }
            }
        }
        u32 left[4][4];
        rounded<8>(left, p);
        products_begin();
        times_tile<D>(d_values, left, here + TILE);
        products_end();
        products_wait<1, 8>(ds);
#pragma unroll
        for (u32 n = 0; n < 8; n++) {
            float2 with_out = *(const float2*)(lse_here + TILE_ROWS + 8 * n + t);
#pragma unroll
            for (u32 e = 0; e < 4; e++) ds[n][e] = p[n][e] * (ds[n][e] - (e % 2 == 0 ? with_out.x : with_out.y));
        }
        u32 right[4][4];
        rounded<8>(right, ds);
        products_begin();
        times_tile<D>(d_keys, right, here);
        products_end();
        products_wait<0, D / 8>(d_values);
        products_wait<0, D / 8>(d_keys);
    }
    u64 start = b.rows_before * shape.kv_stride + b.head * shape.head_size;
    product_store<D>(d_key + start, shape.kv_stride, shape.sequence, shape.head_size, row, d_keys, scale, scale);
    product_store<D>(d_value + start, shape.kv_stride, shape.sequence, shape.head_size, row, d_values, 1.0f, 1.0f);
}

extern "C" __global__ void __launch_bounds__(256, 2) assay_attention_64(
    const bf16* query, const bf16* key, const bf16* value, u32 sequence, u32 heads, u32 kv_heads, u32 query_stride, u32 kv_stride, float scale,
    bf16* out, float* lse) {
    attention_shape shape = {sequence, heads, kv_heads, query_stride, kv_stride, 64};
    attention_forward<64, 2>(query, key, value, shape, scale, out, lse);
}

extern "C" __global__ void assay_attention_sums_64(
    const bf16* out, const bf16* d_out, u64 rows, u32 sequence, u32 heads, float* sums) {
    attention_sums<64>(out, d_out, rows, sequence, heads, 64, sums);
}

extern "C" __global__ void __launch_bounds__(256, 2) assay_attention_query_gradient_64(
    const bf16* query, const bf16* key, const bf16* value, u32 sequence, u32 heads, u32 kv_heads, u32 query_stride, u32 kv_stride, float scale,
    const bf16* d_out, const float* lse, const float* sums, bf16* d_query) {
    attention_shape shape = {sequence, heads, kv_heads, query_stride, kv_stride, 64};
    attention_query_gradient<64, 2>(query, key, value, d_out, lse, sums, shape, scale, d_query);
}

extern "C" __global__ void __launch_bounds__(256, 1) assay_attention_key_gradient_64(
    const bf16* query, const bf16* key, const bf16* value, u32 sequence, u32 heads, u32 kv_heads, u32 query_stride, u32 kv_stride, float scale,
    const bf16* d_out, const float* lse, const float* sums, bf16* d_key, bf16* d_value) {
    attention_shape shape = {sequence, heads, kv_heads, query_stride, kv_stride, 64};
    attention_key_gradient<64, 2>(query, key, value, d_out, lse, sums, shape, scale, d_key, d_value);
}

extern "C" __global__ void __launch_bounds__(384, 1) assay_attention_128(
    const bf16* query, const bf16* key, const bf16* value, u32 sequence, u32 heads, u32 kv_heads, u32 query_stride, u32 kv_stride, float scale,
    bf16* out, float* lse) {
    attention_shape shape = {sequence, heads, kv_heads, query_stride, kv_stride, 128};
    attention_forward<128, 3>(query, key, value, shape, scale, out, lse);
}

extern "C" __global__ void assay_attention_sums_128(
    const bf16* out, const bf16* d_out, u64 rows, u32 sequence, u32 heads, float* sums) {
    attention_sums<128>(out, d_out, rows, sequence, heads, 128, sums);
}

extern "C" __global__ void __launch_bounds__(384, 1) assay_attention_query_gradient_128(
    const bf16* query, const bf16* key, const bf16* value, u32 sequence, u32 heads, u32 kv_heads, u32 query_stride, u32 kv_stride, float scale,
    const bf16* d_out, const float* lse, const float* sums, bf16* d_query) {
    attention_shape shape = {sequence, heads, kv_heads, query_stride, kv_stride, 128};
    attention_query_gradient<128, 3>(query, key, value, d_out, lse, sums, shape, scale, d_query);
}

extern "C" __global__ void __launch_bounds__(256, 1) assay_attention_key_gradient_128(
    const bf16* query, const bf16* key, const bf16* value, u32 sequence, u32 heads, u32 kv_heads, u32 query_stride, u32 kv_stride, float scale,
    const bf16* d_out, const float* lse, const float* sums, bf16* d_key, bf16* d_value) {
    attention_shape shape = {sequence, heads, kv_heads, query_stride, kv_stride, 128};
    attention_key_gradient<128, 2>(query, key, value, d_out, lse, sums, shape, scale, d_key, d_value);
}

// Heads of other sizes up to 128, a multiple of 8: in tiles of 128 columns, of which those behind the head are read as 0 and not
// written. The tensor cores multiply 128 / head_size times what would be needed.
extern "C" __global__ void __launch_bounds__(384, 1) assay_attention_padded(
    const bf16* query, const bf16* key, const bf16* value, u32 sequence, u32 heads, u32 kv_heads, u32 query_stride, u32 kv_stride, float scale,
    bf16* out, float* lse, u32 head_size) {
    attention_shape shape = {sequence, heads, kv_heads, query_stride, kv_stride, head_size};
    attention_forward<128, 3>(query, key, value, shape, scale, out, lse);
}

extern "C" __global__ void assay_attention_sums_padded(
    const bf16* out, const bf16* d_out, u64 rows, u32 sequence, u32 heads, float* sums, u32 head_size) {
    attention_sums<128>(out, d_out, rows, sequence, heads, head_size, sums);
}

extern "C" __global__ void __launch_bounds__(384, 1) assay_attention_query_gradient_padded(
    const bf16* query, const bf16* key, const bf16* value, u32 sequence, u32 heads, u32 kv_heads, u32 query_stride, u32 kv_stride, float scale,
    const bf16* d_out, const float* lse, const float* sums, bf16* d_query, u32 head_size) {
    attention_shape shape = {sequence, heads, kv_heads, query_stride, kv_stride, head_size};
    attention_query_gradient<128, 3>(query, key, value, d_out, lse, sums, shape, scale, d_query);
}

extern "C" __global__ void __launch_bounds__(256, 1) assay_attention_key_gradient_padded(
    const bf16* query, const bf16* key, const bf16* value, u32 sequence, u32 heads, u32 kv_heads, u32 query_stride, u32 kv_stride, float scale,
    const bf16* d_out, const float* lse, const float* sums, bf16* d_key, bf16* d_value, u32 head_size) {
    attention_shape shape = {sequence, heads, kv_heads, query_stride, kv_stride, head_size};
    attention_key_gradient<128, 2>(query, key, value, d_out, lse, sums, shape, scale, d_key, d_value);
}

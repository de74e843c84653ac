// Cross-entropy over a chunk of logits, in place: dev.assay.device.TrainingKernels.
//   loss = log sum_j exp(x_j) - x_target; x_j becomes (exp(x_j - max) / sum - [j = target]) scale
// Moved, bytes an element: 4, a row read twice (the second time from L2, as a row a block is at most 256 KB) and written once.
// A block takes a row; a thread keeps the largest of its logits and the sum of exponentials relative to it.
#include "training.cuh"

struct exponentials {
    float largest, sum;
};

// Commutative bit for bit, so the exchange below leaves the same in every lane. A NaN stays in the sum.
static __device__ __forceinline__ exponentials joined(exponentials a, exponentials b) {
    float largest = fmaxf(a.largest, b.largest);
    exponentials both = {largest, a.sum * exp_fast(a.largest - largest) + b.sum * exp_fast(b.largest - largest)};
    return both;
}

static __device__ __forceinline__ exponentials warp_joined(exponentials mine) {
    for (int offset = 16; offset > 0; offset /= 2) {
        exponentials other = {__shfl_xor_sync(0xFFFFFFFFu, mine.largest, offset),
                              __shfl_xor_sync(0xFFFFFFFFu, mine.sum, offset)};
        mine = joined(mine, other);
    }
    return mine;
}

// A row's logits as this thread meets them, eight at a time. Where rows are whole chunks nothing is compared with their width.
template <bool WHOLE>
static __device__ __forceinline__ exponentials row_exponentials(const bf16* x, u32 chunks, u32 vocabulary) {
    exponentials mine = {-3.0e38f, 0};
#pragma unroll 4
    for (u32 at = threadIdx.x; at < chunks; at += blockDim.x) {
        chunk c = chunk_load(x, at, vocabulary, WHOLE);
        u32 valid = WHOLE ? CHUNK : vocabulary - CHUNK * at;
        float largest = mine.largest, sum = 0;
        for (u32 e = 0; e < CHUNK; e++) largest = e < valid ? fmaxf(largest, c.get(e)) : largest;
        float offset = -largest * LOG2_E;
        for (u32 e = 0; e < CHUNK; e++) sum += e < valid ? exp2_fast(__fmaf_rn(c.get(e), LOG2_E, offset)) : 0.0f;
        mine.sum = mine.sum * exp_fast(mine.largest - largest) + sum;
        mine.largest = largest;
    }
    return mine;
}

// x_j becomes exp(x_j - largest) factor, less scale for the target; where nothing counts, 0.
template <bool WHOLE>
static __device__ __forceinline__ void row_gradient(
    bf16* x, u32 chunks, u32 vocabulary, u32 target, bool counted, float largest, float factor, float scale) {
    float offset = -largest * LOG2_E;
#pragma unroll 4
    for (u32 at = threadIdx.x; at < chunks; at += blockDim.x) {
        chunk c = {};
        if (counted) {
            c = chunk_load(x, at, vocabulary, WHOLE);
            float share[CHUNK];
            for (u32 e = 0; e < CHUNK; e++) share[e] = exp2_fast(__fmaf_rn(c.get(e), LOG2_E, offset)) * factor;
            if (at == target / CHUNK) {
                keep_branch();
                for (u32 e = 0; e < CHUNK; e++) share[e] -= e == target % CHUNK ? scale : 0.0f;
            }
            c = chunk_of(share);
        }
        chunk_store(x, at, vocabulary, WHOLE, c);
    }
}

// Target -1: not counted, loss and gradient 0. A target outside -1..vocabulary-1: loss and gradient NaN.
extern "C" __global__ void __launch_bounds__(512) assay_cross_entropy(
    bf16* logits, const int* targets, u64 rows, u32 vocabulary, float scale, float* losses) {
    __shared__ exponentials parts[32];
    u32 chunks = (vocabulary + CHUNK - 1) / CHUNK;
    bool whole = vocabulary % CHUNK == 0;
    for (u64 row = blockIdx.x; row < rows; row += gridDim.x) {
        bf16* x = logits + row * vocabulary;
        int target = targets[row];
        bool counted = target != -1, outside = counted && (u32)target >= vocabulary;
        exponentials none = {-3.0e38f, 0}, mine = none;
        float of_target = !counted || outside ? 0.0f : bf16_to_float(x[target]);
        if (counted) {
            mine = whole ? row_exponentials<true>(x, chunks, vocabulary) : row_exponentials<false>(x, chunks, vocabulary);
        }
        mine = warp_joined(mine);
        if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = mine;
        __syncthreads();
        mine = warp_joined(threadIdx.x % 32 < blockDim.x / 32 ? parts[threadIdx.x % 32] : none);
        __syncthreads();
        if (threadIdx.x == 0) {
            losses[row] = !counted ? 0.0f : outside ? quiet_nan() : logf(mine.sum) + (mine.largest - of_target);
        }
        float factor = !counted ? 0.0f : outside ? quiet_nan() : scale / mine.sum;
        if (whole) row_gradient<true>(x, chunks, vocabulary, (u32)target, counted, mine.largest, factor, scale);
        else row_gradient<false>(x, chunks, vocabulary, (u32)target, counted, mine.largest, factor, scale);
    }
}

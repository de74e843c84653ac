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
        exponentials mine = {-3.0e38f, 0};
        float of_target = !counted || outside ? 0.0f : bf16_to_float(x[target]);
        if (counted) {
#pragma unroll 4
            for (u32 at = threadIdx.x; at < chunks; at += blockDim.x) {
                chunk c = chunk_load(x, at, vocabulary, whole);
                u32 valid = vocabulary - CHUNK * at;
                float largest = mine.largest, sum = 0;
                for (u32 e = 0; e < CHUNK; e++) largest = whole || e < valid ? fmaxf(largest, c.get(e)) : largest;
                for (u32 e = 0; e < CHUNK; e++) sum += whole || e < valid ? exp_fast(c.get(e) - largest) : 0.0f;
                mine.sum = mine.sum * exp_fast(mine.largest - largest) + sum;
                mine.largest = largest;
            }
        }
        mine = warp_joined(mine);
        if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = mine;
        __syncthreads();
        exponentials none = {-3.0e38f, 0};
        mine = warp_joined(threadIdx.x % 32 < blockDim.x / 32 ? parts[threadIdx.x % 32] : none);
        __syncthreads();
        if (threadIdx.x == 0) {
            losses[row] = !counted ? 0.0f : outside ? quiet_nan() : logf(mine.sum) + (mine.largest - of_target);
        }
        float factor = !counted ? 0.0f : outside ? quiet_nan() : scale / mine.sum;
#pragma unroll 4
        for (u32 at = threadIdx.x; at < chunks; at += blockDim.x) {
            chunk c = {};
            if (counted) {
                c = chunk_load(x, at, vocabulary, whole);
                float share[CHUNK];
                for (u32 e = 0; e < CHUNK; e++) {
                    share[e] = exp_fast(c.get(e) - mine.largest) * factor;
                    if (CHUNK * at + e == (u32)target) share[e] -= scale;
                }
                c = chunk_of(share);
            }
            chunk_store(x, at, vocabulary, whole, c);
        }
    }
}

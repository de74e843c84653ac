// RMSNorm and LayerNorm with the residual stream, forward and backward: dev.assay.device.TrainingKernels.
//   after = before + delta (rounded to bf16), x = after
//   RMSNorm    out = x rstd w,               rstd = 1 / sqrt(mean(x^2) + eps)
//   LayerNorm  out = (x - mean) rstd w + b,  rstd = 1 / sqrt(mean((x - mean)^2) + eps)
// Backward, with n = (x - mean) rstd and g = dOut w:
//   dResidual += rstd (g - n mean(g n) - mean(g)), the last term for LayerNorm only
//   dw += sum over rows of dOut n, db += sum over rows of dOut
// Moved, bytes an element: forward 8 (before, delta read; after, out written; 4 without delta), backward 8 (dOut, x, dResidual
// read; dResidual written). Statistics are 4 or 8 bytes a row, partial sums at most 4 parts width, twice.
// One block a row, a row in registers: HELD chunks a thread, so width <= 8 HELD blockDim. Backward, a block walks rows
// part, part + parts, ... and keeps its share of dw and db in registers. parts depends on the number of rows alone.
#include "training.cuh"

template <bool LAYER, int HELD>
static __device__ __forceinline__ void norm_forward(
    const bf16* before, const bf16* delta, bf16* after, u64 rows, u32 width, const bf16* weight, const bf16* bias, float eps,
    bf16* out, float* means, float* rstds) {
    __shared__ float sums[32];
    u32 chunks = (width + CHUNK - 1) / CHUNK;
    bool whole = width % CHUNK == 0;
    for (u64 row = blockIdx.x; row < rows; row += gridDim.x) {
        u64 start = row * width;
        chunk x[HELD], d[HELD], w[HELD];
        float sum = 0;
#pragma unroll
        for (int v = 0; v < HELD; v++) {
            u32 at = threadIdx.x + v * blockDim.x;
            chunk none = {};
            x[v] = at < chunks ? chunk_load(before + start, at, width, whole) : none;
            d[v] = at < chunks && delta != 0 ? chunk_load(delta + start, at, width, whole) : none;
            if (HELD <= 2) w[v] = at < chunks ? chunk_load(weight, at, width, whole) : none;  // more would not fit in registers
        }
#pragma unroll
        for (int v = 0; v < HELD; v++) {
            u32 at = threadIdx.x + v * blockDim.x;
            if (delta != 0) {
                float added[CHUNK];
                for (int e = 0; e < CHUNK; e++) added[e] = x[v].get(e) + d[v].get(e);
                x[v] = chunk_of(added);
                if (at < chunks) chunk_store(after + start, at, width, whole, x[v]);
            }
            for (int e = 0; e < CHUNK; e++) sum += LAYER ? x[v].get(e) : x[v].get(e) * x[v].get(e);
        }
        float mean = 0;
        if (LAYER) {
            mean = block_sum(sum, sums) / (float)width;
            sum = 0;
#pragma unroll
            for (int v = 0; v < HELD; v++) {
                u32 at = threadIdx.x + v * blockDim.x;
                for (u32 e = 0; e < CHUNK; e++) {
                    float difference = CHUNK * at + e < width ? x[v].get(e) - mean : 0.0f;
                    sum += difference * difference;
                }
            }
        }
        float rstd = 1.0f / sqrtf(block_sum(sum, sums) / (float)width + eps);
        if (threadIdx.x == 0) {
            rstds[row] = rstd;
            if (LAYER) means[row] = mean;
        }
#pragma unroll
        for (int v = 0; v < HELD; v++) {
            u32 at = threadIdx.x + v * blockDim.x;
            if (at >= chunks) continue;
            if (HELD > 2) w[v] = chunk_load(weight, at, width, whole);
            chunk b = {};
            float y[CHUNK];
            if (LAYER) b = chunk_load(bias, at, width, whole);
            for (int e = 0; e < CHUNK; e++) y[e] = (x[v].get(e) - mean) * rstd * w[v].get(e) + b.get(e);
            chunk_store(out + start, at, width, whole, chunk_of(y));
        }
    }
}

// partials: parts x width of dw, and behind them for LayerNorm parts x width of db. As many blocks as parts.
template <bool LAYER, int HELD>
static __device__ __forceinline__ void norm_backward(
    const bf16* d_out, const bf16* input, u64 rows, u32 width, const bf16* weight, const float* means, const float* rstds,
    bf16* d_residual, float* partials) {
    __shared__ float sums[2][32];
    u32 chunks = (width + CHUNK - 1) / CHUNK;
    bool whole = width % CHUNK == 0;
    float d_weight[HELD][CHUNK] = {}, d_bias[LAYER ? HELD : 1][CHUNK] = {};
    for (u64 row = blockIdx.x; row < rows; row += gridDim.x) {
        u64 start = row * width;
        chunk dy[HELD], x[HELD], dr[HELD];
        u64 next = (row + gridDim.x < rows ? row + gridDim.x : row) * width;
#pragma unroll
        for (int v = 0; v < HELD; v++) {
            u32 at = threadIdx.x + v * blockDim.x;
            chunk none = {};
            dy[v] = at < chunks ? chunk_load(d_out + start, at, width, whole) : none;
            x[v] = at < chunks ? chunk_load(input + start, at, width, whole) : none;
            if (HELD <= 2) dr[v] = at < chunks ? chunk_load(d_residual + start, at, width, whole) : none;
            if (at < chunks) {  // a block has few rows under way
                prefetch(d_out + next + CHUNK * at), prefetch(input + next + CHUNK * at), prefetch(d_residual + next + CHUNK * at);
            }
        }
        float rstd = rstds[row], mean = LAYER ? means[row] : 0.0f, with_n = 0, alone = 0;
#pragma unroll
        for (int v = 0; v < HELD; v++) {
            u32 at = threadIdx.x + v * blockDim.x;
            chunk w = {};
            if (at < chunks) w = chunk_load(weight, at, width, whole);
            for (int e = 0; e < CHUNK; e++) {
                float n = (x[v].get(e) - mean) * rstd, g = dy[v].get(e) * w.get(e);
                with_n += g * n;
                alone += g;
                d_weight[v][e] += dy[v].get(e) * n;
                if (LAYER) d_bias[v][e] += dy[v].get(e);
            }
        }
        with_n = block_sum(with_n, sums[0]) / (float)width;
        alone = LAYER ? block_sum(alone, sums[1]) / (float)width : 0.0f;
#pragma unroll
        for (int v = 0; v < HELD; v++) {
            u32 at = threadIdx.x + v * blockDim.x;
            if (at >= chunks) continue;
            chunk w = chunk_load(weight, at, width, whole);
            if (HELD > 2) dr[v] = chunk_load(d_residual + start, at, width, whole);  // earlier it would not fit in registers
            float changed[CHUNK];
            for (int e = 0; e < CHUNK; e++) {
                float n = (x[v].get(e) - mean) * rstd, g = dy[v].get(e) * w.get(e);
                changed[e] = dr[v].get(e) + rstd * (g - n * with_n - alone);
            }
            chunk_store(d_residual + start, at, width, whole, chunk_of(changed));
        }
    }
    float* biases = partials + (u64)gridDim.x * width;
#pragma unroll
    for (int v = 0; v < HELD; v++) {
        for (u32 e = 0; e < CHUNK; e++) {
            u32 column = CHUNK * (threadIdx.x + v * blockDim.x) + e;
            if (column >= width) continue;
            partials[(u64)blockIdx.x * width + column] = d_weight[v][e];
            if (LAYER) biases[(u64)blockIdx.x * width + column] = d_bias[v][e];
        }
    }
}

// gradient[column] += the sum of column over parts; 256 threads, one block for 32 columns.
extern "C" __global__ void assay_add_column_sums(const float* partials, u32 parts, u32 width, bf16* gradient) {
    __shared__ float sums[8][32];
    float total = column_sum(partials, parts, width, sums);
    u32 column = blockIdx.x * 32 + threadIdx.x;
    if (threadIdx.x < 32 && column < width) gradient[column] = bf16_of(bf16_to_float(gradient[column]) + total);
}

extern "C" __global__ void __launch_bounds__(512) assay_rms_norm_1(
    const bf16* before, const bf16* delta, bf16* after, u64 rows, u32 width, const bf16* weight, float eps, bf16* out,
    float* rstds) {
    norm_forward<false, 1>(before, delta, after, rows, width, weight, weight, eps, out, rstds, rstds);
}

extern "C" __global__ void __launch_bounds__(512) assay_rms_norm_2(
    const bf16* before, const bf16* delta, bf16* after, u64 rows, u32 width, const bf16* weight, float eps, bf16* out,
    float* rstds) {
    norm_forward<false, 2>(before, delta, after, rows, width, weight, weight, eps, out, rstds, rstds);
}

extern "C" __global__ void __launch_bounds__(512) assay_rms_norm_4(
    const bf16* before, const bf16* delta, bf16* after, u64 rows, u32 width, const bf16* weight, float eps, bf16* out,
    float* rstds) {
    norm_forward<false, 4>(before, delta, after, rows, width, weight, weight, eps, out, rstds, rstds);
}

extern "C" __global__ void __launch_bounds__(512) assay_layer_norm_1(
    const bf16* before, const bf16* delta, bf16* after, u64 rows, u32 width, const bf16* weight, const bf16* bias, float eps,
    bf16* out, float* means, float* rstds) {
    norm_forward<true, 1>(before, delta, after, rows, width, weight, bias, eps, out, means, rstds);
}

extern "C" __global__ void __launch_bounds__(512) assay_layer_norm_2(
    const bf16* before, const bf16* delta, bf16* after, u64 rows, u32 width, const bf16* weight, const bf16* bias, float eps,
    bf16* out, float* means, float* rstds) {
    norm_forward<true, 2>(before, delta, after, rows, width, weight, bias, eps, out, means, rstds);
}

extern "C" __global__ void __launch_bounds__(512) assay_layer_norm_4(
    const bf16* before, const bf16* delta, bf16* after, u64 rows, u32 width, const bf16* weight, const bf16* bias, float eps,
    bf16* out, float* means, float* rstds) {
    norm_forward<true, 4>(before, delta, after, rows, width, weight, bias, eps, out, means, rstds);
}

extern "C" __global__ void __launch_bounds__(512) assay_rms_norm_gradient_1(
    const bf16* d_out, const bf16* input, u64 rows, u32 width, const bf16* weight, const float* rstds, bf16* d_residual,
    float* partials) {
    norm_backward<false, 1>(d_out, input, rows, width, weight, rstds, rstds, d_residual, partials);
}

extern "C" __global__ void __launch_bounds__(512) assay_rms_norm_gradient_2(
    const bf16* d_out, const bf16* input, u64 rows, u32 width, const bf16* weight, const float* rstds, bf16* d_residual,
    float* partials) {
    norm_backward<false, 2>(d_out, input, rows, width, weight, rstds, rstds, d_residual, partials);
}

extern "C" __global__ void __launch_bounds__(384) assay_rms_norm_gradient_4(
    const bf16* d_out, const bf16* input, u64 rows, u32 width, const bf16* weight, const float* rstds, bf16* d_residual,
    float* partials) {
    norm_backward<false, 4>(d_out, input, rows, width, weight, rstds, rstds, d_residual, partials);
}

extern "C" __global__ void __launch_bounds__(512) assay_layer_norm_gradient_1(
    const bf16* d_out, const bf16* input, u64 rows, u32 width, const bf16* weight, const float* means, const float* rstds,
    bf16* d_residual, float* partials) {
    norm_backward<true, 1>(d_out, input, rows, width, weight, means, rstds, d_residual, partials);
}

extern "C" __global__ void __launch_bounds__(512) assay_layer_norm_gradient_2(
    const bf16* d_out, const bf16* input, u64 rows, u32 width, const bf16* weight, const float* means, const float* rstds,
    bf16* d_residual, float* partials) {
    norm_backward<true, 2>(d_out, input, rows, width, weight, means, rstds, d_residual, partials);
}

extern "C" __global__ void __launch_bounds__(384) assay_layer_norm_gradient_4(
    const bf16* d_out, const bf16* input, u64 rows, u32 width, const bf16* weight, const float* means, const float* rstds,
    bf16* d_residual, float* partials) {
    norm_backward<true, 4>(d_out, input, rows, width, weight, means, rstds, d_residual, partials);
}

// Embedding, rotary positions, activations and biases of a training step: dev.assay.device.TrainingKernels.
// Moved, bytes an element: embed 4 (row of the table read, out written); its gradient 2 (dOut read once; the tokens once a row of
// the vocabulary, from L2; 4 a touched element of dTable); rope 4; swiGlu 6, gradient 10; gelu 4, gradient 6; addBias 4;
// biasGradient 2.
//   swiGlu  out = gate s up, s = 1 / (1 + exp(-gate));  dGate = dOut up s (1 + gate (1 - s)), dUp = dOut gate s
//   gelu    h = x + bias, u = sqrt(2 / pi) (h + 0.044715 h^3), out = h (1 + tanh u) / 2 = h / (1 + exp(-2u))
// A thread moves one chunk of 16 bytes of each tensor and reads before it writes, so outputs may overwrite inputs.
#include "training.cuh"

// out[row] = table[tokens[row]]; NaN for a token outside the vocabulary.
extern "C" __global__ void assay_embed(
    const bf16* table, const int* tokens, u64 rows, u32 vocabulary, u32 width, bf16* out) {
    u32 chunks = (width + CHUNK - 1) / CHUNK;
    bool whole = width % CHUNK == 0;
    for (u64 i = grid_thread(); i < rows * chunks; i += grid_threads()) {
        u64 row = i / chunks;
        u32 at = (u32)(i - row * chunks), token = (u32)tokens[row];
        chunk c;
        if (token < vocabulary) {
            c = chunk_load(table + (u64)token * width, at, width, whole);
        } else {
            for (int e = 0; e < CHUNK / 2; e++) c.word[e] = 0x7FC07FC0u;
        }
        chunk_store(out + row * width, at, width, whole, c);
    }
}

// dTable[v] += the sum of dOut[row] over rows whose token is v, in the order of rows. A block takes rows of the table; it looks
// through four tokens a thread at a time, and all threads then add the rows that were found, each its columns.
template <int HELD>
static __device__ __forceinline__ void embed_backward(
    const bf16* d_out, const int* tokens, u64 rows, u32 vocabulary, u32 width, bf16* d_table) {
    __shared__ u32 found[32], matches[512];
    u32 chunks = (width + CHUNK - 1) / CHUNK, warp = threadIdx.x / 32;
    bool whole = width % CHUNK == 0;
    for (u32 v = blockIdx.x; v < vocabulary; v += gridDim.x) {
        float sums[HELD][CHUNK] = {};
        bool any = false;
        for (u64 tile = 0; tile < rows; tile += 4 * blockDim.x) {
            u64 first = tile + 4 * threadIdx.x;
            u32 match = 0;
            if (first + 4 <= rows) {
                int4 four = *(const int4*)(tokens + first);
                match = (four.x == (int)v) | (four.y == (int)v) << 1 | (four.z == (int)v) << 2 | (four.w == (int)v) << 3;
            } else {
                for (u32 e = 0; e < 4; e++) match |= (u32)(first + e < rows && tokens[first + e] == (int)v) << e;
            }
            if (!__syncthreads_or((int)match)) continue;
            any = true;
            matches[threadIdx.x] = match;
            u32 lanes = __ballot_sync(0xFFFFFFFFu, match != 0);
            if (threadIdx.x % 32 == 0) found[warp] = lanes;
            __syncthreads();
            for (u32 w = 0; w < blockDim.x / 32; w++) {
                for (u32 left = found[w]; left != 0; left &= left - 1) {
                    u32 thread = 32 * w + (u32)__ffs((int)left) - 1;
                    for (u32 e = 0; e < 4; e++) {
                        if ((matches[thread] >> e & 1) == 0) continue;
                        const bf16* row = d_out + (tile + 4 * thread + e) * width;
#pragma unroll
                        for (int n = 0; n < HELD; n++) {
                            u32 at = threadIdx.x + n * blockDim.x;
                            chunk c = {};
                            if (at < chunks) c = chunk_load(row, at, width, whole);
                            for (int k = 0; k < CHUNK; k++) sums[n][k] += c.get(k);
                        }
                    }
                }
            }
            __syncthreads();
        }
        if (!any) continue;
#pragma unroll
        for (int n = 0; n < HELD; n++) {
            u32 at = threadIdx.x + n * blockDim.x;
            if (at >= chunks) continue;
            bf16* row = d_table + (u64)v * width;
            chunk c = chunk_load(row, at, width, whole);
            for (int k = 0; k < CHUNK; k++) c.set(k, c.get(k) + sums[n][k]);
            chunk_store(row, at, width, whole, c);
        }
    }
}

extern "C" __global__ void __launch_bounds__(512) assay_embed_gradient_1(
    const bf16* d_out, const int* tokens, u64 rows, u32 vocabulary, u32 width, bf16* d_table) {
    embed_backward<1>(d_out, tokens, rows, vocabulary, width, d_table);
}

extern "C" __global__ void __launch_bounds__(512) assay_embed_gradient_2(
    const bf16* d_out, const int* tokens, u64 rows, u32 vocabulary, u32 width, bf16* d_table) {
    embed_backward<2>(d_out, tokens, rows, vocabulary, width, d_table);
}

extern "C" __global__ void __launch_bounds__(384) assay_embed_gradient_4(
    const bf16* d_out, const int* tokens, u64 rows, u32 vocabulary, u32 width, bf16* d_table) {
    embed_backward<4>(d_out, tokens, rows, vocabulary, width, d_table);
}

#define ROPE_HEADS 8

// Pair (i, i + half) of every head turns by direction * position * base^(-i / half), position = row mod sequence. The angle is
// taken modulo whole turns in fp64, so its sine and cosine have fp32's accuracy at any position. A thread turns eight pairs of
// ROPE_HEADS heads by the same angles. log2_base = log2(base).
extern "C" __global__ void assay_rope(
    bf16* x, u64 rows, u32 heads, u32 half, u64 stride, u32 sequence, double log2_base, int direction) {
    u32 chunks = (half + CHUNK - 1) / CHUNK, groups = (heads + ROPE_HEADS - 1) / ROPE_HEADS;
    bool whole = half % CHUNK == 0 && stride % CHUNK == 0;
    for (u64 i = grid_thread(); i < rows * groups * chunks; i += grid_threads()) {
        u32 at = (u32)(i % chunks), group = (u32)(i / chunks % groups);
        u64 row = i / ((u64)chunks * groups);
        double position = (double)(u32)(row % sequence);
        float sine[CHUNK], cosine[CHUNK];
#pragma unroll
        for (u32 e = 0; e < CHUNK; e++) {
            double turns = position * exp2(-(double)(CHUNK * at + e) / (double)half * log2_base) * 0.15915494309189535;
            sincospif((float)(2.0 * (turns - rint(turns))), &sine[e], &cosine[e]);
            sine[e] *= (float)direction;
        }
        u32 last = (group + 1) * ROPE_HEADS < heads ? (group + 1) * ROPE_HEADS : heads;
#pragma unroll 2
        for (u32 head = group * ROPE_HEADS; head < last; head++) {
            bf16* low = x + row * stride + (u64)head * 2 * half;
            chunk a = chunk_load(low, at, half, whole), b = chunk_load(low + half, at, half, whole), c = {}, d = {};
            for (int e = 0; e < CHUNK; e++) {
                c.set(e, a.get(e) * cosine[e] - b.get(e) * sine[e]);
                d.set(e, b.get(e) * cosine[e] + a.get(e) * sine[e]);
            }
            chunk_store(low, at, half, whole, c);
            chunk_store(low + half, at, half, whole, d);
        }
    }
}

// What of the row-major tensors below thread i of rows * chunks moves.
struct place {
    u64 start;
    u32 at;
};

static __device__ __forceinline__ place place_of(u64 i, u32 chunks, u32 width) {
    u64 row = i / chunks;
    place p = {row * width, (u32)(i - row * chunks)};
    return p;
}

// A row of gate_up is a row of gate, then one of up.
extern "C" __global__ void assay_swiglu(const bf16* gate_up, u64 rows, u32 width, bf16* out) {
    u32 chunks = (width + CHUNK - 1) / CHUNK;
    bool whole = width % CHUNK == 0;
    for (u64 i = grid_thread(); i < rows * chunks; i += grid_threads()) {
        place p = place_of(i, chunks, width);
        const bf16* gate = gate_up + 2 * p.start;
        chunk g = chunk_load(gate, p.at, width, whole), u = chunk_load(gate + width, p.at, width, whole), y = {};
        for (int e = 0; e < CHUNK; e++) y.set(e, g.get(e) * sigmoid(g.get(e)) * u.get(e));
        chunk_store(out + p.start, p.at, width, whole, y);
    }
}

extern "C" __global__ void assay_swiglu_gradient(
    const bf16* d_out, const bf16* gate_up, u64 rows, u32 width, bf16* d_gate_up) {
    u32 chunks = (width + CHUNK - 1) / CHUNK;
    bool whole = width % CHUNK == 0;
    for (u64 i = grid_thread(); i < rows * chunks; i += grid_threads()) {
        place p = place_of(i, chunks, width);
        const bf16* gate = gate_up + 2 * p.start;
        chunk dy = chunk_load(d_out + p.start, p.at, width, whole), g = chunk_load(gate, p.at, width, whole);
        chunk u = chunk_load(gate + width, p.at, width, whole), dg = {}, du = {};
        for (int e = 0; e < CHUNK; e++) {
            float s = sigmoid(g.get(e));
            dg.set(e, dy.get(e) * u.get(e) * s * (1.0f + g.get(e) * (1.0f - s)));
            du.set(e, dy.get(e) * g.get(e) * s);
        }
        chunk_store(d_gate_up + 2 * p.start, p.at, width, whole, dg);
        chunk_store(d_gate_up + 2 * p.start + width, p.at, width, whole, du);
    }
}

// 2 sqrt(2 / pi) and three times 0.044715.
static __device__ __forceinline__ float gelu_sigmoid(float h) {
    return sigmoid(1.5957691216057308f * (h + 0.044715f * h * h * h));
}

extern "C" __global__ void assay_gelu(const bf16* x, const bf16* bias, u64 rows, u32 width, bf16* out) {
    u32 chunks = (width + CHUNK - 1) / CHUNK;
    bool whole = width % CHUNK == 0;
    for (u64 i = grid_thread(); i < rows * chunks; i += grid_threads()) {
        place p = place_of(i, chunks, width);
        chunk a = chunk_load(x + p.start, p.at, width, whole), b = chunk_load(bias, p.at, width, whole), y = {};
        for (int e = 0; e < CHUNK; e++) {
            float h = a.get(e) + b.get(e);
            y.set(e, h * gelu_sigmoid(h));
        }
        chunk_store(out + p.start, p.at, width, whole, y);
    }
}

// d/dh h s(2u) = s + h s (1 - s) 2 du/dh.
extern "C" __global__ void assay_gelu_gradient(
    const bf16* d_out, const bf16* x, const bf16* bias, u64 rows, u32 width, bf16* d_x) {
    u32 chunks = (width + CHUNK - 1) / CHUNK;
    bool whole = width % CHUNK == 0;
    for (u64 i = grid_thread(); i < rows * chunks; i += grid_threads()) {
        place p = place_of(i, chunks, width);
        chunk dy = chunk_load(d_out + p.start, p.at, width, whole), a = chunk_load(x + p.start, p.at, width, whole);
        chunk b = chunk_load(bias, p.at, width, whole), dx = {};
        for (int e = 0; e < CHUNK; e++) {
            float h = a.get(e) + b.get(e), s = gelu_sigmoid(h);
            float slope = 1.5957691216057308f * (1.0f + 0.134145f * h * h);
            dx.set(e, dy.get(e) * (s + h * s * (1.0f - s) * slope));
        }
        chunk_store(d_x + p.start, p.at, width, whole, dx);
    }
}

extern "C" __global__ void assay_add_bias(bf16* x, const bf16* bias, u64 rows, u32 width) {
    u32 chunks = (width + CHUNK - 1) / CHUNK;
    bool whole = width % CHUNK == 0;
    for (u64 i = grid_thread(); i < rows * chunks; i += grid_threads()) {
        place p = place_of(i, chunks, width);
        chunk a = chunk_load(x + p.start, p.at, width, whole), b = chunk_load(bias, p.at, width, whole);
        for (int e = 0; e < CHUNK; e++) a.set(e, a.get(e) + b.get(e));
        chunk_store(x + p.start, p.at, width, whole, a);
    }
}

// partials[part][column] = the sum over rows part * 8 + group, + 8 parts, ... of its eight groups. Blocks of 8 x 32 threads, 256
// columns each; block number = part * tiles + tile.
extern "C" __global__ void __launch_bounds__(256) assay_bias_partials(
    const bf16* d_out, u64 rows, u32 width, u32 parts, float* partials) {
    __shared__ float sums[8][32 * CHUNK];
    u32 chunks = (width + CHUNK - 1) / CHUNK, tiles = (chunks + 31) / 32;
    u32 tile = blockIdx.x % tiles, part = blockIdx.x / tiles, lane = threadIdx.x % 32, group = threadIdx.x / 32;
    u32 at = tile * 32 + lane;
    bool whole = width % CHUNK == 0;
    float mine[CHUNK] = {};
    if (at < chunks) {
#pragma unroll 4
        for (u64 row = (u64)part * 8 + group; row < rows; row += (u64)parts * 8) {
            chunk c = chunk_load(d_out + row * width, at, width, whole);
            for (int e = 0; e < CHUNK; e++) mine[e] += c.get(e);
        }
    }
    for (int e = 0; e < CHUNK; e++) sums[group][CHUNK * lane + e] = mine[e];
    __syncthreads();
    u32 column = tile * 32 * CHUNK + threadIdx.x;
    if (column >= width) return;
    float total = 0;
    for (int g = 0; g < 8; g++) total += sums[g][threadIdx.x];
    partials[(u64)part * width + column] = total;
}

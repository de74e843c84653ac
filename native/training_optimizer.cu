// Gradient norm, AdamW and initial weights: dev.assay.device.TrainingKernels.
// Moved, bytes an element: sumOfSquares 2 (bf16) or 4 (fp32); add one addend, and twice the sum; adamW 28 (gradient 2 read, 4 in
// fp32; master, m, v 12 read and 12 written; weight 2 written); initNormal 6 written.
//   g = gradient * scale;  m += (1 - beta1)(g - m);  v = beta2 v + (1 - beta2) g^2
//   master = decay master - rate m / (sqrt(v) / root + eps);  weight = bf16(master)
//   decay = 1 - lr weightDecay, rate = lr / (1 - beta1^t), root = sqrt(1 - beta2^t): torch.optim.AdamW
#include "training.cuh"
#include "format.cuh"

#define SQUARE_PARTS 1024
#define SQUARE_THREADS 256

// partials[block] = the sum of squares of its chunks, block, block + parts, ... of 256 threads each. Always SQUARE_PARTS blocks
// of SQUARE_THREADS, so the order depends on nothing but the number of elements.
static __device__ __forceinline__ void square_part(double mine, double* partials) {
    __shared__ double sums[32];
    mine = block_sum(mine, sums);
    if (threadIdx.x == 0) partials[blockIdx.x] = mine;
}

extern "C" __global__ void __launch_bounds__(SQUARE_THREADS) assay_sum_of_squares_bf16(
    const bf16* tensor, u64 elements, double* partials) {
    double mine = 0;
#pragma unroll 4
    for (u64 i = grid_thread(); CHUNK * i < elements; i += grid_threads()) {
        chunk c = flat_load(tensor, i, elements);
        float sum = 0;
        for (int e = 0; e < CHUNK; e++) sum += c.get(e) * c.get(e);
        mine += (double)sum;
    }
    square_part(mine, partials);
}

extern "C" __global__ void __launch_bounds__(SQUARE_THREADS) assay_sum_of_squares_fp32(
    const float* tensor, u64 elements, double* partials) {
    double mine = 0;
#pragma unroll 4
    for (u64 i = grid_thread(); 4 * i < elements; i += grid_threads()) {
        float x[4] = {};
        if (4 * i + 4 <= elements) {
            float4 four = *(const float4*)(tensor + 4 * i);
            x[0] = four.x, x[1] = four.y, x[2] = four.z, x[3] = four.w;
        } else {
            for (u32 e = 0; e < 4; e++) x[e] = 4 * i + e < elements ? tensor[4 * i + e] : 0.0f;
        }
        mine += (double)(x[0] * x[0] + x[1] * x[1] + x[2] * x[2] + x[3] * x[3]);
    }
    square_part(mine, partials);
}

// *sum = the sum of count doubles, as fp32. One block of 256 threads.
extern "C" __global__ void assay_sum_partials(const double* partials, u64 count, float* sum) {
    __shared__ double sums[32];
    double mine = 0;
    for (u64 i = threadIdx.x; i < count; i += blockDim.x) mine += partials[i];
    mine = block_sum(mine, sums);
    if (threadIdx.x == 0) *sum = (float)mine;
}

// result[0] = factor min(1, largest / (norm + 1e-6)), result[1] = norm = factor sqrt(*squares): torch's clip_grad_norm_. A norm
// that is not a number leaves NaN in both; largest = infinity clips nothing. One thread.
extern "C" __global__ void assay_clip_scale(const float* squares, float factor, float largest, float* result) {
    float norm = factor * sqrtf(*squares), limit = largest / (norm + 1e-6f);
    result[0] = norm != norm ? norm : limit < 1.0f ? factor * limit : factor;
    result[1] = norm;
}

struct adam_step {
    float decay, rate, root, new1, beta2, new2, eps, scale;  // new = 1 - beta, rounded once
};

static __device__ __forceinline__ void adam_element(adam_step s, float gradient, float& master, float& m, float& v) {
    float g = gradient * s.scale;
    m = m + s.new1 * (g - m);
    v = s.beta2 * v + s.new2 * g * g;
    master = s.decay * master - s.rate * m / (sqrtf(v) / s.root + s.eps);
}

static __device__ __forceinline__ void eight_load(const float* from, float* to) {
    float4 a = ((const float4*)from)[0], b = ((const float4*)from)[1];
    to[0] = a.x, to[1] = a.y, to[2] = a.z, to[3] = a.w, to[4] = b.x, to[5] = b.y, to[6] = b.z, to[7] = b.w;
}

static __device__ __forceinline__ void eight_store(float* to, const float* from) {
    float4 a = {from[0], from[1], from[2], from[3]}, b = {from[4], from[5], from[6], from[7]};
    ((float4*)to)[0] = a;
    ((float4*)to)[1] = b;
}

// Eight elements of either type, or the last few of a tensor.
static __device__ __forceinline__ void some_load(const bf16* from, u64 at, u64 elements, float* to) {
    chunk c = flat_load(from, at, elements);
    for (int e = 0; e < CHUNK; e++) to[e] = c.get(e);
}

static __device__ __forceinline__ void some_load(const float* from, u64 at, u64 elements, float* to) {
    u32 width = flat_width(at, elements);
    if (width == CHUNK) eight_load(from + CHUNK * at, to);
    else for (u32 e = 0; e < width; e++) to[e] = from[CHUNK * at + e];
}

static __device__ __forceinline__ void some_store(bf16* to, u64 at, u64 elements, const float* from) {
    chunk c = {};
    for (int e = 0; e < CHUNK; e++) c.set(e, from[e]);
    flat_store(to, at, elements, c);
}

static __device__ __forceinline__ void some_store(float* to, u64 at, u64 elements, const float* from) {
    u32 width = flat_width(at, elements);
    if (width == CHUNK) eight_store(to + CHUNK * at, from);
    else for (u32 e = 0; e < width; e++) to[CHUNK * at + e] = from[e];
}

// sum += addend, one rounding.
template <typename A, typename S>
static __device__ __forceinline__ void add(const A* addend, S* sum, u64 elements) {
    for (u64 i = grid_thread(); CHUNK * i < elements; i += grid_threads()) {
        float a[CHUNK] = {}, s[CHUNK] = {};
        some_load(addend, i, elements, a), some_load(sum, i, elements, s);
        for (int e = 0; e < CHUNK; e++) s[e] += a[e];
        some_store(sum, i, elements, s);
    }
}

extern "C" __global__ void assay_add_bf16_bf16(const bf16* addend, bf16* sum, u64 elements) { add(addend, sum, elements); }
extern "C" __global__ void assay_add_bf16_fp32(const bf16* addend, float* sum, u64 elements) { add(addend, sum, elements); }
extern "C" __global__ void assay_add_fp32_bf16(const float* addend, bf16* sum, u64 elements) { add(addend, sum, elements); }
extern "C" __global__ void assay_add_fp32_fp32(const float* addend, float* sum, u64 elements) { add(addend, sum, elements); }

template <typename G>
static __device__ __forceinline__ void adamw(
    float* master, float* m, float* v, const G* gradient, bf16* weight, u64 elements, const adam_step& s) {
    for (u64 i = grid_thread(); CHUNK * i < elements; i += grid_threads()) {
        u64 first = CHUNK * i;
        u32 width = flat_width(i, elements);
        float g[CHUNK] = {};
        some_load(gradient, i, elements, g);
        if (width == CHUNK) {
            chunk w = {};
            float p[CHUNK], a[CHUNK], b[CHUNK];
            eight_load(master + first, p), eight_load(m + first, a), eight_load(v + first, b);
#pragma unroll
            for (int e = 0; e < CHUNK; e++) {
                adam_element(s, g[e], p[e], a[e], b[e]);
                w.set(e, p[e]);
            }
            eight_store(master + first, p), eight_store(m + first, a), eight_store(v + first, b);
            flat_store(weight, i, elements, w);
        } else {
            for (u32 e = 0; e < width; e++) {
                adam_element(s, g[e], master[first + e], m[first + e], v[first + e]);
                weight[first + e] = bf16_of(master[first + e]);
            }
        }
    }
}

extern "C" __global__ void assay_adamw_bf16(
    float* master, float* m, float* v, const bf16* gradient, bf16* weight, u64 elements, const float* scale, float decay,
    float rate, float root, float new1, float beta2, float new2, float eps) {
    adam_step s = {decay, rate, root, new1, beta2, new2, eps, *scale};
    adamw(master, m, v, gradient, weight, elements, s);
}

extern "C" __global__ void assay_adamw_fp32(
    float* master, float* m, float* v, const float* gradient, bf16* weight, u64 elements, const float* scale, float decay,
    float rate, float root, float new1, float beta2, float new2, float eps) {
    adam_step s = {decay, rate, root, new1, beta2, new2, eps, *scale};
    adamw(master, m, v, gradient, weight, elements, s);
}

// Element i = mean + deviation * standard normal number first + i of the seed: two fp64 roundings and one to fp32, the same on
// every device, and one more to bf16: the weight, and the master too.
extern "C" __global__ void assay_init_normal(
    float* master, bf16* weight, u64 elements, u64 first, u64 seed, double mean, double deviation) {
    for (u64 i = grid_thread(); CHUNK * i < elements; i += grid_threads()) {
        u32 width = flat_width(i, elements);
        float x[CHUNK];
        chunk w = {};
        for (u32 e = 0; e < CHUNK; e++) {
            double normal = __dmul_rn(deviation, counter_fine_normal(seed, first + CHUNK * i + e));
            w.set((int)e, __double2float_rn(__dadd_rn(mean, normal)));
            x[e] = w.get((int)e);
        }
        if (width == CHUNK) eight_store(master + CHUNK * i, x);
        else for (u32 e = 0; e < width; e++) master[CHUNK * i + e] = x[e];
        flat_store(weight, i, elements, w);
    }
}

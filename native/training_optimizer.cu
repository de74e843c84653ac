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

static __device__ __forceinline__ void eight_store(float* to, const float* from) {
    float4 a = {from[0], from[1], from[2], from[3]}, b = {from[4], from[5], from[6], from[7]};
    ((float4*)to)[0] = a;
    ((float4*)to)[1] = b;
}

static __device__ __forceinline__ float4 four_load(const bf16* from) {
    uint2 raw = *(const uint2*)from;
    float4 four = {__uint_as_float(raw.x << 16), __uint_as_float(raw.x & 0xFFFF0000u), __uint_as_float(raw.y << 16),
                   __uint_as_float(raw.y & 0xFFFF0000u)};
    return four;
}

static __device__ __forceinline__ float4 four_load(const float* from) { return *(const float4*)from; }
static __device__ __forceinline__ float one_load(const bf16* from) { return bf16_to_float(*from); }
static __device__ __forceinline__ float one_load(const float* from) { return *from; }

// A thread moves four elements, so that each access of a warp is one piece of memory without gaps.
template <typename G>
static __device__ __forceinline__ void adamw(
    float* master, float* m, float* v, const G* gradient, bf16* weight, u64 elements, const adam_step& s) {
    for (u64 i = grid_thread(); 4 * i < elements; i += grid_threads()) {
        u64 first = 4 * i;
        if (first + 4 <= elements) {
            float4 g = four_load(gradient + first);
            float4 p = *(const float4*)(master + first), a = *(const float4*)(m + first), b = *(const float4*)(v + first);
            adam_element(s, g.x, p.x, a.x, b.x);
            adam_element(s, g.y, p.y, a.y, b.y);
            adam_element(s, g.z, p.z, a.z, b.z);
            adam_element(s, g.w, p.w, a.w, b.w);
            *(float4*)(master + first) = p, *(float4*)(m + first) = a, *(float4*)(v + first) = b;
            uint2 w;
            w.x = bf16_pair(p.x, p.y), w.y = bf16_pair(p.z, p.w);
            *(uint2*)(weight + first) = w;
        } else {
            for (u64 e = first; e < elements; e++) {
                adam_element(s, one_load(gradient + e), master[e], m[e], v[e]);
                weight[e] = bf16_of(master[e]);
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
        for (u32 e = 0; e < CHUNK; e++) {
            double normal = __dmul_rn(deviation, counter_fine_normal(seed, first + CHUNK * i + e));
            x[e] = bf16_to_float(bf16_of(__double2float_rn(__dadd_rn(mean, normal))));
        }
        if (width == CHUNK) eight_store(master + CHUNK * i, x);
        else for (u32 e = 0; e < width; e++) master[CHUNK * i + e] = x[e];
        flat_store(weight, i, elements, chunk_of(x));
    }
}

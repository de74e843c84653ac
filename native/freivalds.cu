// Is C = A * B^T? A is m x k, B is n x k, C is m x n, row-major, of any formats of format.cuh. All sums here are in fp64.
//
// Freivalds: for VECTORS random vectors r of +-1, t = A * (B^T * r) and u = C * r must agree row by row: 2 * VECTORS * (mk +
// nk + mn) operations see every element of C. Rounding of a right C gives t - u = sum_j r_j e_j, e_j the error of C[i,j]:
//   rounding to C's type   uniform within h = half a unit in the last place of C[i,j]: variance h^2 / 3
//   accumulation           at most `accumulation` times a partial sum whose variance is at most sum_x (A[i,x] B[j,x])^2, if
//                          the products' signs are random. The factor depends on precision, k and n; it and why it is so
//                          stands in dev.assay.device.FreivaldsBound: for bf16, fp16 and tf32 (k + 32) 2^-23, as tensor
//                          cores truncate, also where they align 32 products
//   sigma_i^2 = sum_j h_ij^2 / 3 + accumulation^2 sum_x A[i,x]^2 sum_j B[j,x]^2
// and the bound is 8 sigma_i: r is drawn after C, so the sum is sub-Gaussian and a right row exceeds it with probability
// below 2 exp(-32) = 2.5e-14. One wrong element is seen if it is off by more than 8 sigma_i, 1.4 standard deviations of C at
// 8192^3 in bf16; NaN and infinity always; in int8, where sigma is 0, everything. native/README.md says what that leaves.
//
// Moved: A, B and C once; B^T r is k (VECTORS + 1) doubles.
#include "grid.cuh"
#include "format.cuh"

#define VECTORS 4

// result[0] += 1 where wrong, result[1] = largest deviation over bound as the bits of a double, result[2] = first wrong.
static __device__ void report(u64* result, u64 where, double worst, bool wrong) {
    atomicMax(result + 1, (u64)__double_as_longlong(worst) & 0x7FFFFFFFFFFFFFFFull);
    if (wrong) {
        atomicAdd(result, 1ull);
        atomicMin(result + 2, where);
    }
}

// Deviation in units of the bound; 0 / 0 is right. Not a number, or infinite, where either is.
static __device__ double in_units_of(double bound, double deviation) {
    return deviation == 0 && bound == 0 ? 0 : deviation / bound;
}

static __device__ bool beyond(double deviation, double bound) {
    return !(deviation <= bound && bound < __longlong_as_double(0x7FF0000000000000ll));
}

// s[v * k + x] = sum_j r_vj B[j,x], r_vj = sign(seed + v, j); s[VECTORS * k + x] = sum_j B[j,x]^2. One thread a column.
extern "C" __global__ void assay_freivalds_columns(
    const void* b, u64 n, u64 k, u64 seed, double* s, int format) {
    for (u64 x = grid_thread(); x < k; x += grid_threads()) {
        double sums[VECTORS + 1] = {};
        for (u64 j = 0; j < n; j++) {
            double value = element_value(b, j * k + x, format);
            for (int v = 0; v < VECTORS; v++) sums[v] += counter_sign(seed + v, j) * value;
            sums[VECTORS] += value * value;
        }
        for (int v = 0; v <= VECTORS; v++) s[v * k + x] = sums[v];
    }
}

// Compares t and u row by row and reports; one warp a row.
extern "C" __global__ void assay_freivalds_rows(
    const void* a, const void* c, u64 m, u64 n, u64 k, const double* s, u64 seed, u64* result, int format_a, int format_c,
    double accumulation) {
    u64 lane = threadIdx.x % 32;
    for (u64 i = grid_thread() / 32; i < m; i += grid_threads() / 32) {
        double difference[VECTORS] = {};
        double products = 0;
        for (u64 x = lane; x < k; x += 32) {
            double value = element_value(a, i * k + x, format_a);
            for (int v = 0; v < VECTORS; v++) difference[v] += value * s[v * k + x];
            products += value * value * s[VECTORS * k + x];
        }
        double rounding = 0;
        for (u64 j = lane; j < n; j += 32) {
            double value = element_value(c, i * n + j, format_c);
            double half_ulp = element_half_ulp(c, i * n + j, format_c);
            for (int v = 0; v < VECTORS; v++) difference[v] -= counter_sign(seed + v, j) * value;
            rounding += half_ulp * half_ulp;
        }
        double bound = 8 * sqrt(warp_sum(rounding) / 3 + accumulation * accumulation * warp_sum(products));
        double worst = 0;
        bool wrong = false;
        for (int v = 0; v < VECTORS; v++) {
            double deviation = fabs(warp_sum(difference[v]));
            double units = in_units_of(bound, deviation);
            wrong = wrong || beyond(deviation, bound);
            worst = units > worst || units != units ? units : worst;  // once NaN, always NaN
        }
        if (lane == 0) report(result, i, worst, wrong);
    }
}

// Recomputes samples elements in fp64; one warp an element. Sample number p is row hash(seed, 2p) mod m, column
// hash(seed, 2p + 1) mod n. Bound: half a unit in the last place of C, plus accumulation sqrt(sum_x (A[i,x] B[j,x])^2).
extern "C" __global__ void assay_check_elements(
    const void* a, const void* b, const void* c, u64 m, u64 n, u64 k, u64 samples, u64 seed, u64* result, int format_a,
    int format_b, int format_c, double accumulation) {
    u64 lane = threadIdx.x % 32;
    for (u64 p = grid_thread() / 32; p < samples; p += grid_threads() / 32) {
        u64 i = counter_hash(seed, 2 * p) % m;
        u64 j = counter_hash(seed, 2 * p + 1) % n;
        double exact = 0;
        double squares = 0;
        for (u64 x = lane; x < k; x += 32) {
            double product = element_value(a, i * k + x, format_a) * element_value(b, j * k + x, format_b);
            exact += product;
            squares += product * product;
        }
        exact = warp_sum(exact);
        squares = warp_sum(squares);
        if (lane == 0) {
            double bound = element_half_ulp(c, i * n + j, format_c) + accumulation * sqrt(squares);
            double deviation = fabs(element_value(c, i * n + j, format_c) - exact);
            report(result, i * n + j, in_units_of(bound, deviation), beyond(deviation, bound));
        }
    }
}

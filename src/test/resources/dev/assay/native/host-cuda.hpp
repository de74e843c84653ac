// Runs kernels on the host, a block at a time, each thread a context of its own that rests at barriers: no GPU needed. What a
// GPU would hang on or leave undefined (a barrier or a shuffle that not all threads reach) is an error here. It says nothing
// about speed.
// What a GPU does at a time of its own choosing is done as early and as late as it may be, in turn from block to block: copies
// into shared memory land when they are started or when they are waited for, a warpgroup's products read shared memory and
// add to registers when they are started or when they are waited for, warps run one after the other from barrier to barrier, in
// one order or in the other. So a missing wait or barrier, and a buffer that is filled again too early, leave a wrong result in
// some block. Shared memory begins as NaN.
#include <setjmp.h>
#include <ucontext.h>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <utility>
#include <vector>

#define __device__
#define __global__
#define __shared__ static
#define __forceinline__ inline
#define __launch_bounds__(...)

struct uint3 { unsigned x, y, z; };
struct alignas(16) uint4 { unsigned x, y, z, w; };
struct alignas(16) int4 { int x, y, z, w; };
struct alignas(8) float2 { float x, y; };
struct alignas(8) uint2 { unsigned x, y; };
struct alignas(16) float4 { float x, y, z, w; };

static uint3 threadIdx, blockIdx, blockDim, gridDim;

template <typename To, typename From>
static inline To bits_as(From from) {
    To to;
    std::memcpy(&to, &from, sizeof to);
    return to;
}

static inline float __uint_as_float(unsigned bits) { return bits_as<float>(bits); }
static inline unsigned __float_as_uint(float value) { return bits_as<unsigned>(value); }
static inline double __longlong_as_double(long long bits) { return bits_as<double>(bits); }
static inline long long __double_as_longlong(double value) { return bits_as<long long>(value); }
static inline float __fmul_rn(float a, float b) { return a * b; }
static inline float __fmaf_rn(float a, float b, float c) { return std::fma(a, b, c); }
static inline double __dmul_rn(double a, double b) { return a * b; }
static inline double __dadd_rn(double a, double b) { return a + b; }
static inline float __double2float_rn(double value) { return (float)value; }
static inline float __fdividef(float a, float b) { return a / b; }
static inline int __ffs(int value) { return __builtin_ffs(value); }
#define __expf(x) expf(x)
static inline void sincospif(float half_turns, float* sine, float* cosine) {
    *sine = (float)std::sin(3.14159265358979323846 * half_turns);
    *cosine = (float)std::cos(3.14159265358979323846 * half_turns);
}

// What is done early, and whether threads run backwards; and the first thing that was wrong.
static unsigned host_launches, host_mode;
static int host_trouble;
enum { BACKWARDS = 1, EARLY_COPIES = 2, EARLY_PRODUCTS = 4 };
enum { NO_BARRIER = 2, NO_SUCH_SHARED = 4, NOT_WAITED = 5, NO_FENCE = 6, NO_PROXY_FENCE = 7, BANK_CONFLICT = 8 };

static void host_wrong(int trouble) {
    if (host_trouble == 0) host_trouble = trouble;
}

// The shared memory that a launch asks for, at addresses that are aligned as badly as they may be.
#define HOST_SHARED_FIRST 1040
static unsigned char host_shared[256 * 1024];
static unsigned host_shared_bytes;

static unsigned char* host_shared_at(unsigned address, unsigned bytes, unsigned alignment) {
    if (address < HOST_SHARED_FIRST || address + bytes > HOST_SHARED_FIRST + host_shared_bytes || address % alignment != 0) {
        host_wrong(NO_SUCH_SHARED);
        return host_shared;
    }
    return host_shared + address;
}

struct host_copy {
    unsigned to, bytes;
    unsigned char from[16];
};

struct host_product {
    float (*sum)[4];
    unsigned columns;
    bool add, right_transposed;
    bool left_shared;
    float left[2][16];
    unsigned long long left_at, right_at;
};

// What runs by itself for a thread: groups that were committed, and behind them the open one.
template <typename T>
struct host_groups {
    std::vector<std::vector<T>> groups{1};

    void clear() { groups.assign(1, {}); }
    bool empty() const {
        for (const std::vector<T>& group : groups) {
            if (!group.empty()) return false;
        }
        return true;
    }

    template <typename F>
    void wait(size_t left, F one) {
        while (groups.size() - 1 > left) {
            for (T& each : groups.front()) one(each);
            groups.erase(groups.begin());
        }
    }
};

enum { READY, AT_WARP, AT_BLOCK, DONE };

struct host_thread {
    ucontext_t context;  // where it begins
    jmp_buf rest;        // where it goes on
    bool begun = false;
    std::vector<char> stack;
    int state = DONE;
    host_groups<host_copy> copies;
    host_groups<host_product> products;
    bool fenced = false;    // since registers were last touched
    bool unproxied = false;  // copies have landed that products may not see yet
};

static host_thread host_threads[1024];
static jmp_buf host_scheduler;
static unsigned char host_slots[1024][128];
static void (*host_body)(void*);
static void* host_arguments;

static void host_rest(int state) {
    host_thread& mine = host_threads[threadIdx.x];
    mine.state = state;
    if (_setjmp(mine.rest) == 0) _longjmp(host_scheduler, 1);
}

static void host_enter() {
    host_body(host_arguments);
    host_threads[threadIdx.x].state = DONE;
    _longjmp(host_scheduler, 1);
}

// Lets a thread run until it rests or ends.
static void host_resume(unsigned thread) {
    threadIdx.x = thread;
    host_thread& one = host_threads[thread];
    if (_setjmp(host_scheduler) != 0) return;
    if (one.begun) _longjmp(one.rest, 1);
    one.begun = true;
    setcontext(&one.context);
}

static inline void __syncthreads() { host_rest(AT_BLOCK); }

template <typename T>
static inline T host_other(T value, unsigned from, int barrier) {
    std::memcpy(host_slots[threadIdx.x], &value, sizeof value);
    host_rest(barrier);
    T other;
    std::memcpy(&other, host_slots[from], sizeof other);
    return other;
}

template <typename T>
static inline T __shfl_xor_sync(unsigned, T value, int lanes) {
    T other = host_other(value, threadIdx.x ^ (unsigned)lanes, AT_WARP);
    host_rest(AT_WARP);
    return other;
}

template <typename T>
static inline T __shfl_sync(unsigned, T value, int lane) {
    T other = host_other(value, (threadIdx.x & ~31u) + (unsigned)lane, AT_WARP);
    host_rest(AT_WARP);
    return other;
}

static inline unsigned __ballot_sync(unsigned, int vote) {
    host_other(vote, threadIdx.x, AT_WARP);
    unsigned votes = 0, first = threadIdx.x & ~31u;
    for (unsigned lane = 0; lane < 32; lane++) votes |= (bits_as<unsigned>(*(int*)host_slots[first + lane]) != 0 ? 1u : 0u) << lane;
    host_rest(AT_WARP);
    return votes;
}

static inline int __syncthreads_or(int vote) {
    host_other(vote, threadIdx.x, AT_BLOCK);
    int any = 0;
    for (unsigned thread = 0; thread < blockDim.x; thread++) any |= *(int*)host_slots[thread];
    host_rest(AT_BLOCK);
    return any;
}

// In place of mma.cuh and wgmma.cuh, by the words of the PTX manual.
#define ASSAY_MMA
#define ASSAY_WGMMA
#define __align__(bytes) __attribute__((aligned(bytes)))

static inline unsigned char* shared_memory() { return host_shared + HOST_SHARED_FIRST; }
static inline unsigned shared_address(const void* at) { return (unsigned)((const unsigned char*)at - host_shared); }

static inline float host_bf16(unsigned pair, unsigned upper) { return __uint_as_float(upper ? pair & 0xFFFF0000u : pair << 16); }

static inline void mma_bf16(float* c, const unsigned* a, unsigned b0, unsigned b1) {
    struct operands { unsigned a[4], b[2]; } mine = {{a[0], a[1], a[2], a[3]}, {b0, b1}};
    unsigned first = threadIdx.x & ~31u, lane = threadIdx.x & 31u;
    host_other(mine, threadIdx.x, AT_WARP);
    for (unsigned e = 0; e < 4; e++) {
        unsigned row = lane / 4 + e / 2 * 8, column = lane % 4 * 2 + e % 2;
        for (unsigned k = 0; k < 16; k++) {
            operands left, right;
            std::memcpy(&left, host_slots[first + row % 8 * 4 + k % 8 / 2], sizeof left);
            std::memcpy(&right, host_slots[first + column * 4 + k % 8 / 2], sizeof right);
            c[e] += host_bf16(left.a[row / 8 + k / 8 * 2], k % 2) * host_bf16(right.b[k / 8], k % 2);
        }
    }
    host_rest(AT_WARP);
}

// Row `row` of matrix `matrix` is named by lane 8 matrix + row; eight rows must lie in eight different groups of four banks.
static inline const unsigned char* host_matrix_row(unsigned matrix, unsigned row) {
    unsigned first = (threadIdx.x & ~31u) + 8 * matrix, address, groups = 0;
    for (unsigned lane = 0; lane < 8; lane++) groups |= 1u << *(unsigned*)host_slots[first + lane] / 16 % 8;
    if (groups != 0xFF) host_wrong(BANK_CONFLICT);
    std::memcpy(&address, host_slots[first + row], sizeof address);
    return host_shared_at(address, 16, 16);
}

static inline unsigned host_two(unsigned short low, unsigned short high) { return low | (unsigned)high << 16; }

static inline void matrices_load(unsigned* m, unsigned row) {
    unsigned lane = threadIdx.x & 31u;
    host_other(row, threadIdx.x, AT_WARP);
    for (unsigned i = 0; i < 4; i++) {
        const unsigned short* from = (const unsigned short*)host_matrix_row(i, lane / 4);
        m[i] = host_two(from[lane % 4 * 2], from[lane % 4 * 2 + 1]);
    }
    host_rest(AT_WARP);
}

static inline void matrices_load_transposed(unsigned* m, unsigned row) {
    unsigned lane = threadIdx.x & 31u;
    host_other(row, threadIdx.x, AT_WARP);
    for (unsigned i = 0; i < 4; i++) {
        m[i] = host_two(((const unsigned short*)host_matrix_row(i, lane % 4 * 2))[lane / 4],
                        ((const unsigned short*)host_matrix_row(i, lane % 4 * 2 + 1))[lane / 4]);
    }
    host_rest(AT_WARP);
}

static inline void host_land(const host_copy& copy) {
    std::memcpy(host_shared_at(copy.to, copy.bytes, copy.bytes), copy.from, copy.bytes);
}

static inline void host_copy_start(unsigned to, const void* from, unsigned bytes, bool valid) {
    host_copy copy = {to, bytes, {}};
    if (valid && (unsigned long long)from % bytes != 0) host_wrong(NO_SUCH_SHARED);
    if (valid) std::memcpy(copy.from, from, bytes);
    if (host_mode & EARLY_COPIES) host_land(copy);
    host_threads[threadIdx.x].copies.groups.back().push_back(copy);
}

static inline void copy_async_16(unsigned to, const void* from, bool valid, bool wanted) {
    if (wanted) host_copy_start(to, from, 16, valid);
}

static inline void copy_async_4(unsigned to, const void* from, bool valid, bool wanted) {
    if (wanted) host_copy_start(to, from, 4, valid);
}

static inline void keep_branch() {}
static inline void prefetch(const void*) {}
static inline void copy_commit() { host_threads[threadIdx.x].copies.groups.emplace_back(); }

static inline void copy_wait() {
    host_thread& mine = host_threads[threadIdx.x];
    mine.copies.wait(0, [&](const host_copy& copy) {
        mine.unproxied = true;
        if (!(host_mode & EARLY_COPIES)) host_land(copy);
    });
}

static inline unsigned bf16_pair(float low, float high);  // below, by bf16.cuh

static inline float reciprocal_fast(float x) { return 1.0f / x; }

static inline float exp2_fast(float x) {
    float y = std::exp2(x);
    return y < 1.17549435e-38f ? 0 : y;
}

#ifdef HOST_WARPGROUPS
#define WARPGROUP_PRODUCTS

template <int N>
struct width {};

// The element (row, k) of an operand whose k are contiguous, or (n, k) of one whose n are, by its descriptor.
static inline float host_element(unsigned long long descriptor, bool transposed, unsigned n, unsigned k) {
    unsigned start = (unsigned)(descriptor & 0x3FFF) << 4, leading = (unsigned)(descriptor >> 16 & 0x3FFF) << 4,
             stride = (unsigned)(descriptor >> 32 & 0x3FFF) << 4;
    if (descriptor >> 62 != 1) host_wrong(NO_SUCH_SHARED);
    unsigned address = transposed ? start + n / 64 * leading + n % 64 * 2 + k / 8 * stride + k % 8 * 128
                                  : start + n / 8 * stride + n % 8 * 128 + k * 2;
    address ^= (address >> 7 & 7) << 4;
    return host_bf16(*(unsigned short*)host_shared_at(address, 2, 2), 0);
}

static inline void host_product_run(host_product& p) {
    unsigned lane = threadIdx.x & 31u, row = threadIdx.x % 128 / 32 * 16 + lane / 4;
    if (p.left_shared) {
        for (unsigned k = 0; k < 16; k++) {
            p.left[0][k] = host_element(p.left_at, false, row, k);
            p.left[1][k] = host_element(p.left_at, false, row + 8, k);
        }
    }
    for (unsigned n = 0; n < p.columns / 8; n++) {
        for (unsigned e = 0; e < 2; e++) {
            float sums[2] = {};
            for (unsigned k = 0; k < 16; k++) {
                float right = host_element(p.right_at, p.right_transposed, 8 * n + lane % 4 * 2 + e, k);
                sums[0] += p.left[0][k] * right, sums[1] += p.left[1][k] * right;
            }
            for (unsigned half = 0; half < 2; half++) {
                float& to = p.sum[n][2 * half + e];
                to = p.add ? to + sums[half] : sums[half];
            }
        }
    }
}

static inline void host_product_start(host_product product) {
    host_thread& mine = host_threads[threadIdx.x];
    if (!mine.fenced) host_wrong(NO_FENCE);
    for (unsigned thread = 0; thread < blockDim.x; thread++) {
        if (host_threads[thread].unproxied) host_wrong(NO_PROXY_FENCE);
    }
    if (host_mode & EARLY_PRODUCTS) host_product_run(product);
    mine.products.groups.back().push_back(product);
    host_rest(AT_WARP);
}

template <int N>
static inline void wgmma_shared(width<N>, float (*c)[4], unsigned long long a, unsigned long long b, int add) {
    host_product_start({c, N, add != 0, false, true, {}, a, b});
}

template <int N>
static inline void wgmma_registers(width<N>, float (*c)[4], const unsigned* a, unsigned long long b, int add) {
    struct fragment { unsigned a[4]; } mine = {{a[0], a[1], a[2], a[3]}}, other;
    host_product product = {c, N, add != 0, true, false, {}, 0, b};
    host_other(mine, threadIdx.x, AT_WARP);
    for (unsigned k = 0; k < 16; k++) {
        std::memcpy(&other, host_slots[(threadIdx.x & ~3u) + k % 8 / 2], sizeof other);
        product.left[0][k] = host_bf16(other.a[k / 8 * 2], k % 2);
        product.left[1][k] = host_bf16(other.a[k / 8 * 2 + 1], k % 2);
    }
    host_rest(AT_WARP);
    host_product_start(product);
}

static inline void wgmma_fence() {
    host_threads[threadIdx.x].fenced = true;
    host_rest(AT_WARP);
}

static inline void wgmma_commit() {
    host_threads[threadIdx.x].products.groups.emplace_back();
    host_rest(AT_WARP);
}

template <int LEFT>
static inline void wgmma_wait() {
    host_thread& mine = host_threads[threadIdx.x];
    mine.products.wait(LEFT, [](host_product& product) {
        if (!(host_mode & EARLY_PRODUCTS)) host_product_run(product);
    });
    mine.fenced = false;
    host_rest(AT_WARP);
}

template <int COUNT>
static inline void wgmma_result(float (*)[4]) {}

static inline void proxy_fence() { host_threads[threadIdx.x].unproxied = false; }
#endif

#include "bf16.cuh"

static inline unsigned bf16_pair(float low, float high) { return host_two(bf16_of(low), bf16_of(high)); }

// Lets go whoever rests at a barrier that all of first..last have reached; whether there was anybody.
static bool host_release(unsigned first, unsigned last, int barrier) {
    for (unsigned thread = first; thread < last; thread++) {
        if (host_threads[thread].state != barrier) return false;
    }
    for (unsigned thread = first; thread < last; thread++) host_threads[thread].state = READY;
    return true;
}

// Runs a warp as far as it comes without the others, so that one is a whole barrier ahead of another; whether it came further.
static bool host_warp(unsigned warp) {
    unsigned first = 32 * warp, last = first + 32 < blockDim.x ? first + 32 : blockDim.x;
    bool moved = false;
    for (bool again = true; again;) {
        again = false;
        for (unsigned i = 0; i < last - first; i++) {
            unsigned thread = host_mode & BACKWARDS ? last - 1 - i : first + i;
            if (host_threads[thread].state != READY) continue;
            again = true;
            host_resume(thread);
        }
        again |= host_release(first, last, AT_WARP);
        moved |= again;
    }
    return moved;
}

// Whether every thread came to its end.
static bool host_block() {
    for (unsigned thread = 0; thread < blockDim.x; thread++) {
        host_thread& one = host_threads[thread];
        if (one.stack.empty()) one.stack.resize(64 * 1024);
        getcontext(&one.context);
        one.context.uc_stack.ss_sp = one.stack.data();
        one.context.uc_stack.ss_size = one.stack.size();
        one.context.uc_link = nullptr;
        one.state = READY;
        one.begun = false;
        one.fenced = one.unproxied = false;
        one.copies.clear();
        one.products.clear();
        makecontext(&one.context, host_enter, 0);
    }
    unsigned warps = (blockDim.x + 31) / 32;
    for (bool moved = true; moved;) {
        moved = false;
        for (unsigned i = 0; i < warps; i++) moved |= host_warp(host_mode & BACKWARDS ? warps - 1 - i : i);
        moved |= host_release(0, blockDim.x, AT_BLOCK);
    }
    for (unsigned thread = 0; thread < blockDim.x; thread++) {
        if (host_threads[thread].state != DONE) return false;
        if (!host_threads[thread].copies.empty() || !host_threads[thread].products.empty()) host_wrong(NOT_WAITED);
    }
    return true;
}

template <typename T>
static inline T host_argument(unsigned long long bits) {
    T value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

template <typename... A, size_t... I>
static int host_grid(void (*kernel)(A...), unsigned blocks, unsigned threads, const unsigned long long* arguments,
                     std::index_sequence<I...>) {
    auto body = [&] { kernel(host_argument<A>(arguments[I])...); };
    host_arguments = &body;
    host_body = [](void* from) { (*(decltype(body)*)from)(); };
    gridDim.x = blocks;
    blockDim.x = threads;
    for (blockIdx.x = 0; blockIdx.x < blocks; blockIdx.x++) {
        host_mode = host_launches + blockIdx.x;
        std::memset(host_shared, 0xFF, sizeof host_shared);
        if (!host_block()) return NO_BARRIER;
    }
    host_launches += 3;
    return host_trouble;
}

// 0: done; else what was wrong.
template <typename... A>
static int host_launch(void (*kernel)(A...), unsigned blocks, unsigned threads, unsigned shared, int count,
                       const unsigned long long* arguments) {
    if (count != (int)sizeof...(A)) return 3;
    host_trouble = 0;
    host_shared_bytes = shared;
    return host_grid(kernel, blocks, threads, arguments, std::index_sequence_for<A...>());
}

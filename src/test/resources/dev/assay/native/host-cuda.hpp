// Runs kernels on the host, a block at a time, each thread a context of its own that rests at barriers: no GPU needed. What a
// GPU would hang on or leave undefined (a barrier or a shuffle that not all threads reach) is an error here. It says nothing
// about speed, and cannot see a race between two threads without a barrier between them.
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
#define __launch_bounds__(threads)

struct uint3 { unsigned x, y, z; };
struct alignas(16) uint4 { unsigned x, y, z, w; };
struct alignas(16) int4 { int x, y, z, w; };
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

enum { READY, AT_WARP, AT_BLOCK, DONE };

struct host_thread {
    ucontext_t context;  // where it begins
    jmp_buf rest;        // where it goes on
    bool begun = false;
    std::vector<char> stack;
    int state = DONE;
};

static host_thread host_threads[1024];
static jmp_buf host_scheduler;
static unsigned char host_slots[1024][32];
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

// In place of mma.cuh, from what the lanes hold by the layout that PTX gives.
#define ASSAY_MMA
#define __align__(bytes) __attribute__((aligned(bytes)))

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

// Lets go whoever rests at a barrier that all of first..last have reached; whether there was anybody.
static bool host_release(unsigned first, unsigned last, int barrier) {
    for (unsigned thread = first; thread < last; thread++) {
        if (host_threads[thread].state != barrier) return false;
    }
    for (unsigned thread = first; thread < last; thread++) host_threads[thread].state = READY;
    return true;
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
        makecontext(&one.context, host_enter, 0);
    }
    for (bool moved = true; moved;) {
        moved = false;
        for (unsigned thread = 0; thread < blockDim.x; thread++) {
            if (host_threads[thread].state != READY) continue;
            moved = true;
            host_resume(thread);
        }
        for (unsigned first = 0; first < blockDim.x; first += 32) {
            moved |= host_release(first, first + 32 < blockDim.x ? first + 32 : blockDim.x, AT_WARP);
        }
        moved |= host_release(0, blockDim.x, AT_BLOCK);
    }
    for (unsigned thread = 0; thread < blockDim.x; thread++) {
        if (host_threads[thread].state != DONE) return false;
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
        if (!host_block()) return 2;
    }
    return 0;
}

// 0: done; 2: threads did not all reach a barrier.
template <typename... A>
static int host_launch(void (*kernel)(A...), unsigned blocks, unsigned threads, int count, const unsigned long long* arguments) {
    if (count != (int)sizeof...(A)) return 3;
    return host_grid(kernel, blocks, threads, arguments, std::index_sequence_for<A...>());
}

// Fills. Element i is a function of seed and i alone (random.cuh), the same on every device.
// Moved: the bytes of an element written, 2 where not said otherwise.
#include "grid.cuh"
#include "format.cuh"

// The elements of a matrix of any format.
extern "C" __global__ void assay_fill_matrix(void* out, u64 elements, u64 seed, int format) {
    for (u64 i = grid_thread(); i < elements; i += grid_threads()) element_fill(out, i, format, seed);
}

// out[i] = gradient(seed, i, rank, ranks), a small integer.
extern "C" __global__ void assay_fill_gradient(bf16* out, u64 elements, u64 seed, int rank, int ranks) {
    u64 key = counter_rank_key(rank);
    for (u64 i = grid_thread(); i < elements; i += grid_threads()) {
        out[i] = bf16_of((float)counter_gradient(seed, i, key, ranks));
    }
}

// Compares an all-reduced buffer with the exact sum, recomputed for every element from the generator over all ranks.
// Computed: ranks hashes an element. Moved: 2 bytes read an element.
#include "grid.cuh"
#include "random.cuh"

// *wrong += elements whose value is not the integer sum over ranks; NaN equals nothing. The caller sets it to zero.
extern "C" __global__ void assay_count_wrong_sums(const bf16* reduced, u64 elements, u64 seed, int ranks, u64* wrong) {
    u64 mine = 0;
    for (u64 i = grid_thread(); i < elements; i += grid_threads()) {
        int sum = 0;
        for (int rank = 0; rank < ranks; rank++) sum += counter_gradient(seed, i, counter_rank_key(rank), ranks);
        mine += bf16_to_float(reduced[i]) == (float)sum ? 0 : 1;
    }
    mine = warp_sum(mine);
    if (threadIdx.x % 32 == 0 && mine != 0) atomicAdd(wrong, mine);
}

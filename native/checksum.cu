// The digest of dev.assay.device.Checksum: the sum modulo 2^64 of hash(word, i) over little-endian 8-byte words, the last one
// padded with zeros, and hash(length, -1). Integer addition has no order, so neither has the result.
// Moved: every byte read once.
#include "grid.cuh"
#include "random.cuh"

static __device__ u64 word_of_bytes(const unsigned char* bytes, u64 from, u64 length) {
    u64 word = 0;
    for (int i = 0; i < 8 && from + i < length; i++) word |= (u64)bytes[from + i] << (8 * i);
    return word;
}

// *sum += the digest of length bytes; the caller sets it to zero. Any alignment.
extern "C" __global__ void assay_checksum(const unsigned char* bytes, u64 length, u64* sum) {
    u64 whole = ((u64)bytes & 7) == 0 ? length / 8 : 0;
    u64 words = (length + 7) / 8;
    const u64* aligned = (const u64*)bytes;
    u64 mine = grid_thread() == 0 ? counter_hash(length, (u64)-1) : 0;
    for (u64 i = grid_thread(); i < words; i += grid_threads()) {
        mine += counter_hash(i < whole ? aligned[i] : word_of_bytes(bytes, 8 * i, length), i);
    }
    mine = warp_sum(mine);
    if (threadIdx.x % 32 == 0) atomicAdd(sum, mine);
}

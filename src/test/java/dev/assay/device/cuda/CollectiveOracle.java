package dev.assay.device.cuda;

import dev.assay.device.Bf16;
import dev.assay.device.Counter;
import dev.assay.device.Half;
import dev.assay.workload.CollectiveCase;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What an all-reduce must leave, as bytes. */
final class CollectiveOracle {
    private CollectiveOracle() {}

    static byte[] reduced(CollectiveCase what, int elements, long seed, int ranks) {
        ByteBuffer out = ByteBuffer.allocate(elements * what.type().bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < elements; i++) {
            int value = Counter.gradient(seed, i, 0, ranks);
            for (int rank = 1; rank < ranks; rank++) {
                int other = Counter.gradient(seed, i, rank, ranks);
                value = switch (what.reduction()) {
                    case SUM -> value + other;
                    case MAX -> Math.max(value, other);
                };
            }
            switch (what.type()) {
                case FLOAT -> out.putFloat(value);
                case BFLOAT16 -> out.putShort(Bf16.of(value));
                case HALF -> out.putShort(Half.of(value));
                case INT32 -> out.putInt(value);
            }
        }
        return out.array();
    }
}

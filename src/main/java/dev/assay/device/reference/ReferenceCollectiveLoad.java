package dev.assay.device.reference;

import dev.assay.device.CollectiveLoad;
import dev.assay.device.Counter;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Stream;
import dev.assay.workload.CollectiveCase;
import dev.assay.workload.CollectivePiece;
import dev.assay.workload.CollectiveType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Inputs and outputs of collectives, an element at a time: the oracle of {@code native/collective.cu}. */
final class ReferenceCollectiveLoad implements CollectiveLoad {
    @Override
    public void fill(
            DeviceMemory target, long elements, CollectiveCase what, long seed, int rank, int ranks, Stream stream) {
        CollectiveType type = what.type();
        ByteBuffer out = HostMemory.of(target).buffer(elements * type.bytes());
        SerialStream.of(stream).enqueue(() -> {
            for (int i = 0; i < elements; i++) {
                put(out, type, i, input(what, seed, i, rank, ranks));
            }
        });
    }

    @Override
    public long countWrong(
            DeviceMemory found, CollectivePiece piece, CollectiveCase what, long seed, int ranks, Stream stream) {
        ByteBuffer in = read(found, piece, what);
        return SerialStream.of(stream).call(() -> wrong(in, piece, what, seed, ranks));
    }

    @Override
    public void addWrong(
            DeviceMemory found,
            CollectivePiece piece,
            CollectiveCase what,
            long seed,
            int ranks,
            DeviceMemory counter,
            Stream stream) {
        ByteBuffer in = read(found, piece, what);
        ByteBuffer sum = HostMemory.of(counter).buffer(Long.BYTES).order(ByteOrder.nativeOrder());
        SerialStream.of(stream).enqueue(() -> sum.putLong(0, sum.getLong(0) + wrong(in, piece, what, seed, ranks)));
    }

    private static ByteBuffer read(DeviceMemory found, CollectivePiece piece, CollectiveCase what) {
        return HostMemory.of(found)
                .buffer((piece.at() + piece.elements()) * what.type().bytes());
    }

    private static long wrong(ByteBuffer in, CollectivePiece piece, CollectiveCase what, long seed, int ranks) {
        long wrong = 0;
        for (int i = 0; i < piece.elements(); i++) {
            int expected = expected(piece, what, seed, piece.index() + i, ranks);
            wrong += same(what, get(in, what.type(), (int) piece.at() + i), expected) ? 0 : 1;
        }
        return wrong;
    }

    private static int expected(CollectivePiece piece, CollectiveCase what, long seed, long index, int ranks) {
        if (piece.from().isPresent()) {
            return input(what, seed, index, piece.from().getAsInt(), ranks);
        }
        int value = Counter.gradient(seed, index, 0, ranks);
        for (int rank = 1; rank < ranks; rank++) {
            int other = Counter.gradient(seed, index, rank, ranks);
            value = switch (what.reduction()) {
                case SUM -> value + other;
                case MAX -> Math.max(value, other);
            };
        }
        return Elements.bits(what.type(), value);
    }

    private static int input(CollectiveCase what, long seed, long index, int rank, int ranks) {
        if (what.operation().reduces()) {
            return Elements.bits(what.type(), Counter.gradient(seed, index, rank, ranks));
        }
        int word = CollectiveLoad.word(seed, index, rank);
        return what.type().bytes() == 4 ? word : word & 0xFFFF;
    }

    /** A zero of either sign is the same sum. */
    private static boolean same(CollectiveCase what, int found, int expected) {
        boolean negativeZero = switch (what.type()) {
            case FLOAT -> found == 0x80000000;
            case BFLOAT16, HALF -> found == 0x8000;
            case INT32 -> false;
        };
        return found == expected || (what.operation().reduces() && expected == 0 && negativeZero);
    }

    private static void put(ByteBuffer out, CollectiveType type, int element, int bits) {
        if (type.bytes() == 4) {
            out.putInt(4 * element, bits);
        } else {
            out.putShort(2 * element, (short) bits);
        }
    }

    private static int get(ByteBuffer in, CollectiveType type, int element) {
        return type.bytes() == 4 ? in.getInt(4 * element) : in.getShort(2 * element) & 0xFFFF;
    }
}

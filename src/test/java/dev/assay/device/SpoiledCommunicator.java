package dev.assay.device;

import dev.assay.workload.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.IntPredicate;

/** Does some of its calls wrong, on every rank alike as a broken library would. Of the reference device, whose memory it reads. */
public final class SpoiledCommunicator extends DelegatingCommunicator {
    private static final Duration SOON = Duration.ofMinutes(1);

    private final Fault fault;
    private final IntPredicate spoiled;
    private int calls;
    private boolean changed;

    /** @param spoiled whether a call is, by its number from 0 */
    public SpoiledCommunicator(Communicator communicator, Fault fault, IntPredicate spoiled) {
        super(communicator);
        this.fault = fault;
        this.spoiled = spoiled;
    }

    public enum Fault {
        /** Rank 1 sends zeros. */
        LEAVES_OUT_A_RANK,
        /** Of sums; rank 1's. */
        ADDS_A_RANK_TWICE,
        /** The parts of ranks 0 and 1; of a sum on all ranks its halves. */
        SWAPS_TWO_BLOCKS,
        /** The last element of every part stays what it was. */
        MOVES_ONE_LESS,
        /** Rank 1 does not take part any more. */
        HANGS
    }

    public int calls() {
        return calls;
    }

    /** Whether any call left something else than it should have; zeros left out change nothing. */
    public boolean changed() {
        return changed;
    }

    @Override
    public void allReduce(DeviceMemory buffer, ElementType type, long elements, Stream stream) {
        Runnable call = () -> super.allReduce(buffer, type, elements, stream);
        new Call(buffer, buffer, type, elements, elements, elements / 2, stream).run(call);
    }

    @Override
    public void reduce(DeviceMemory buffer, ElementType type, long elements, int root, Stream stream) {
        Runnable call = () -> super.reduce(buffer, type, elements, root, stream);
        new Call(buffer, buffer, type, elements, elements, elements / 2, stream).run(call);
    }

    @Override
    public void reduceScatter(DeviceMemory send, DeviceMemory receive, ElementType type, long share, Stream stream) {
        Runnable call = () -> super.reduceScatter(send, receive, type, share, stream);
        new Call(send, receive, type, share * ranks(), share, share, stream).run(call);
    }

    @Override
    public void allGather(DeviceMemory send, DeviceMemory receive, ElementType type, long share, Stream stream) {
        Runnable call = () -> super.allGather(send, receive, type, share, stream);
        new Call(send, receive, type, share, share * ranks(), share, stream).run(call);
    }

    private final class Call {
        private final DeviceMemory send;
        private final DeviceMemory receive;
        private final ElementType type;
        private final long sent;
        private final long received;
        /** Elements of a part. */
        private final long block;

        private final Stream stream;

        Call(
                DeviceMemory send,
                DeviceMemory receive,
                ElementType type,
                long sent,
                long received,
                long block,
                Stream stream) {
            this.send = send;
            this.receive = receive;
            this.type = type;
            this.sent = sent;
            this.received = received;
            this.block = block;
            this.stream = stream;
        }

        private boolean gathers() {
            return sent < received;
        }

        private boolean scatters() {
            return sent > received;
        }

        void run(Runnable call) {
            if (!spoiled.test(calls++)) {
                call.run();
                return;
            }
            switch (fault) {
                case LEAVES_OUT_A_RANK -> leaveOut(call);
                case ADDS_A_RANK_TWICE -> addTwice(call);
                case SWAPS_TWO_BLOCKS -> swap(call);
                case MOVES_ONE_LESS -> moveLess(call);
                case HANGS -> {
                    if (rank() != 1) {
                        call.run();
                    }
                }
            }
        }

        private void leaveOut(Runnable call) {
            if (rank() != 1) {
                call.run();
                return;
            }
            byte[] own = read(send, 0, sent);
            replace(send, 0, own, new byte[own.length]);
            call.run();
            if (gathers()) {
                write(send, 0, own);
            }
        }

        private void addTwice(Runnable call) {
            if (rank() == 1 && !gathers()) {
                byte[] own = read(send, 0, sent);
                ByteBuffer twice = ByteBuffer.wrap(own.clone()).order(ByteOrder.LITTLE_ENDIAN);
                for (int at = 0; at < twice.capacity(); at += type.bytes()) {
                    if (type == ElementType.BF16) {
                        twice.putShort(at, Bf16.of(2 * Bf16.toFloat(twice.getShort(at))));
                    } else {
                        twice.putFloat(at, 2 * twice.getFloat(at));
                    }
                }
                replace(send, 0, own, twice.array());
            }
            call.run();
        }

        private void swap(Runnable call) {
            if (scatters()) {
                swap(send);
                call.run();
            } else {
                call.run();
                swap(receive);
            }
        }

        private void swap(DeviceMemory memory) {
            if (block > 0) {
                byte[] first = read(memory, 0, block);
                byte[] second = read(memory, block, block);
                replace(memory, 0, first, second);
                replace(memory, block, second, first);
            }
        }

        private void moveLess(Runnable call) {
            long part = gathers() ? block : received;
            int parts = (int) (received / part);
            byte[][] before = new byte[parts][];
            for (int i = 0; i < parts; i++) {
                before[i] = read(receive, (i + 1) * part - 1, 1);
            }
            call.run();
            for (int i = 0; i < parts; i++) {
                long last = (i + 1) * part - 1;
                replace(receive, last, read(receive, last, 1), before[i]);
            }
        }

        private void replace(DeviceMemory memory, long element, byte[] before, byte[] after) {
            changed |= !Arrays.equals(before, after);
            write(memory, element, after);
        }

        private byte[] read(DeviceMemory memory, long element, long elements) {
            stream.synchronize(SOON);
            return memory.slice(element * type.bytes(), elements * type.bytes()).read();
        }

        private void write(DeviceMemory memory, long element, byte[] bytes) {
            stream.synchronize(SOON);
            memory.slice(element * type.bytes(), bytes.length).write(bytes);
        }
    }
}

package dev.assay.trainer;

import dev.assay.device.CollectiveLoad;
import dev.assay.device.Communicator;
import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Event;
import dev.assay.device.Stream;
import dev.assay.device.TrainingKernels;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A device that computes nothing and writes down who reads and writes what on which stream. Two accesses to the same bytes, one
 * of them a write, must be ordered by a stream or by events, whatever a run would happen to do: vector clocks tell.
 */
final class RaceDetector {
    /**
     * Of each method that may be called: which memory it writes, counted through its arguments and what records among them hold;
     * the other memory it reads.
     */
    private static final Map<String, Set<Integer>> WRITTEN = Map.ofEntries(
            Map.entry("zero", Set.of(0)),
            Map.entry("poison", Set.of(0)),
            Map.entry("fill", Set.of(0)),
            Map.entry("addWrong", Set.of(1)),
            Map.entry("carry", Set.of(1)),
            Map.entry("sumOfSquares", Set.of(1)),
            Map.entry("sumPartials", Set.of(1)),
            Map.entry("clipScale", Set.of(1)),
            Map.entry("adamW", Set.of(0, 1, 2, 5)),
            Map.entry("initNormal", Set.of(0, 1)),
            Map.entry("allReduce", Set.of(0)),
            Map.entry("reduce", Set.of(0)),
            Map.entry("allGather", Set.of(1)),
            Map.entry("reduceScatter", Set.of(0, 1)));

    private final List<List<Access>> accesses = new ArrayList<>();
    private final List<String> races = new ArrayList<>();
    private final int deaf;
    private int streams;
    private int awaits;

    /** @param deaf the number of the wait that is not heard; −1: all are */
    RaceDetector(int deaf) {
        this.deaf = deaf;
    }

    List<String> races() {
        return races;
    }

    /** Waits for events, heard or not. */
    int awaits() {
        return awaits;
    }

    Device device() {
        return proxy(Device.class, (self, method, arguments) -> switch (method.getName()) {
            case "allocate" -> {
                accesses.add(new ArrayList<>());
                yield new Bytes(accesses.size() - 1, 0, (long) arguments[0]);
            }
            case "newStream" -> new Clocked(streams++);
            case "newEvent" -> new Point();
            case "collectiveLoad" -> proxy(CollectiveLoad.class, this::access);
            case "trainingKernels" -> proxy(TrainingKernels.class, this::access);
            default -> access(self, method, arguments);
        });
    }

    Communicator communicator(int rank, int ranks) {
        return proxy(Communicator.class, (self, method, arguments) -> switch (method.getName()) {
            case "rank" -> rank;
            case "ranks" -> ranks;
            case "together" -> {
                ((Runnable) arguments[0]).run();
                yield "nothing";
            }
            case "checkHealthy", "close", "abort" -> "nothing";
            default -> access(self, method, arguments);
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private Object access(Object self, java.lang.reflect.Method method, Object[] arguments) {
        Set<Integer> written = Objects.requireNonNull(WRITTEN.get(method.getName()), method.getName());
        Clocked stream = (Clocked) arguments[arguments.length - 1];
        stream.tick();
        List<Bytes> memory = new ArrayList<>();
        for (Object argument : arguments) {
            gather(argument, memory);
        }
        for (int i = 0; i < memory.size(); i++) {
            boolean writes = written.contains(i);
            check(new Access(memory.get(i), writes, stream.index, stream.now(), method.getName()), stream);
        }
        return "nothing, as of a void method";
    }

    private static void gather(Object argument, List<Bytes> memory) {
        if (argument instanceof Bytes bytes) {
            memory.add(bytes);
        } else if (argument instanceof Record operands) {
            for (RecordComponent component : operands.getClass().getRecordComponents()) {
                try {
                    gather(component.getAccessor().invoke(operands), memory);
                } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException("reading " + component.getName() + " of " + operands, e);
                }
            }
        }
    }

    private void check(Access now, Clocked stream) {
        List<Access> before = accesses.get(now.bytes.allocation);
        for (Access earlier : before) {
            boolean apart = !earlier.bytes.overlaps(now.bytes) || !(earlier.writes || now.writes);
            if (!apart && earlier.time > stream.clock[earlier.stream]) {
                races.add(now + " may run before or beside " + earlier);
            }
        }
        before.add(now);
    }

    private record Access(Bytes bytes, boolean writes, int stream, int time, String name) {}

    private record Bytes(int allocation, long from, long bytes) implements DeviceMemory {
        boolean overlaps(Bytes other) {
            return from < other.from + other.bytes && other.from < from + bytes;
        }

        @Override
        public DeviceMemory slice(long offsetBytes, long length) {
            if (offsetBytes < 0 || length <= 0 || offsetBytes + length > bytes) {
                throw new IllegalArgumentException(length + " at " + offsetBytes + " of " + bytes);
            }
            return new Bytes(allocation, from + offsetBytes, length);
        }

        @Override
        public byte[] read() {
            throw new UnsupportedOperationException("nothing is computed");
        }

        @Override
        public void write(byte[] content) {}

        @Override
        public void close() {}
    }

    /** How far each stream is known to have come. */
    private static final class Point implements Event {
        private int[] clock = new int[8];

        @Override
        public boolean isDone() {
            return true;
        }

        @Override
        public double millisecondsSince(Event earlier) {
            return 0;
        }

        @Override
        public void close() {}
    }

    private final class Clocked implements Stream {
        private final int index;
        private final int[] clock = new int[8];

        Clocked(int index) {
            this.index = index;
        }

        void tick() {
            clock[index]++;
        }

        int now() {
            return clock[index];
        }

        @Override
        public void record(Event event) {
            ((Point) event).clock = clock.clone();
        }

        @Override
        public void await(Event event) {
            if (awaits++ != deaf) {
                for (int i = 0; i < clock.length; i++) {
                    clock[i] = Math.max(clock[i], ((Point) event).clock[i]);
                }
            }
        }

        @Override
        public void synchronize(Duration deadline) {
            throw new UnsupportedOperationException("nothing may block");
        }

        @Override
        public void close() {}
    }
}

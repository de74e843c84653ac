package dev.assay.trainer;

import dev.assay.device.CollectiveLoad;
import dev.assay.device.Communicator;
import dev.assay.device.Device;
import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Event;
import dev.assay.device.GemmRunner;
import dev.assay.device.HostCopies;
import dev.assay.device.HostPlace;
import dev.assay.device.PinnedMemory;
import dev.assay.device.Stream;
import dev.assay.device.TrainingKernels;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A device that computes nothing, and knows what was made on it and what is still open; one thing cannot be made. */
final class InertDevice {
    private final List<Object> open = new ArrayList<>();
    private final List<String> outOfOrder = new ArrayList<>();
    private final int refused;
    private int made;

    /** @param refused the number, from 1, of what cannot be made; 0: all can */
    InertDevice(int refused) {
        this.refused = refused;
    }

    List<Object> open() {
        return open;
    }

    /** What was closed before something that was made after it. */
    List<String> outOfOrder() {
        return outOfOrder;
    }

    int made() {
        return made;
    }

    Device device() {
        return proxy(Device.class, (self, method, arguments) -> switch (method.getName()) {
            case "allocate" -> memory((long) arguments[0], true);
            case "newStream" -> make(Stream.class);
            case "newEvent" -> make(Event.class);
            case "newLinear" -> make(GemmRunner.class);
            case "hostCopies" -> copies();
            case "trainingKernels" -> proxy(TrainingKernels.class, InertDevice::nothing);
            case "collectiveLoad" -> proxy(CollectiveLoad.class, InertDevice::nothing);
            default -> nothing(self, method, arguments);
        });
    }

    Communicator communicator(int ranks) {
        return made(proxy(Communicator.class, (self, method, arguments) -> switch (method.getName()) {
            case "ranks" -> ranks;
            case "together" -> {
                ((Runnable) arguments[0]).run();
                yield "nothing";
            }
            case "close" -> closed(self);
            default -> nothing(self, method, arguments);
        }));
    }

    private HostCopies copies() {
        return proxy(HostCopies.class, (self, method, arguments) -> switch (method.getName()) {
            case "places" -> List.of(new HostPlace(HostPlace.NEAR, HostPlace.ONLY));
            case "allocate" -> pinned((long) arguments[0]);
            default -> nothing(self, method, arguments);
        });
    }

    private PinnedMemory pinned(long bytes) {
        return made(proxy(PinnedMemory.class, (self, method, arguments) -> switch (method.getName()) {
            case "bytes" -> bytes;
            case "buffer" -> ByteBuffer.allocate((int) bytes);
            case "close" -> closed(self);
            default -> nothing(self, method, arguments);
        }));
    }

    private DeviceMemory memory(long bytes, boolean own) {
        DeviceMemory memory = proxy(DeviceMemory.class, (self, method, arguments) -> switch (method.getName()) {
            case "bytes" -> bytes;
            case "slice" -> memory((long) arguments[1], false);
            case "close" -> closed(self);
            default -> nothing(self, method, arguments);
        });
        return own ? made(memory) : memory;
    }

    private <T> T make(Class<T> type) {
        return made(proxy(
                type,
                (self, method, arguments) ->
                        method.getName().equals("close") ? closed(self) : nothing(self, method, arguments)));
    }

    private <T> T made(T one) {
        if (++made == refused) {
            throw new DeviceException("number " + made + " was refused");
        }
        open.add(one);
        return one;
    }

    private Object closed(Object one) {
        int at = open.size() - 1;
        while (at >= 0 && open.get(at) != one) {
            at--;
        }
        if (at < open.size() - 1) {
            outOfOrder.add(
                    at < 0 ? "something twice" : one.getClass() + " before " + (open.size() - 1 - at) + " others");
        }
        if (at >= 0) {
            open.remove(at);
        }
        return "nothing";
    }

    /** What is asked for is done. */
    private static Object nothing(Object self, java.lang.reflect.Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "equals" -> self == arguments[0];
            case "hashCode" -> System.identityHashCode(self);
            case "toString" -> "inert " + self.getClass().getInterfaces()[0].getSimpleName();
            case "isDone" -> true;
            case "millisecondsSince" -> 0.0;
            case "rank" -> 0;
            default -> "nothing, as of a void method";
        };
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}

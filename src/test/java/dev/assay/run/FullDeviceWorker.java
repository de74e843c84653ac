package dev.assay.run;

import dev.assay.device.Device;
import dev.assay.device.OutOfMemoryException;
import dev.assay.worker.DeviceFactory;
import dev.assay.worker.RankEnvironment;
import dev.assay.worker.Worker;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** A worker whose device has room for half a mebibyte at once, as if somebody else had the rest. */
public final class FullDeviceWorker {
    static final long FREE_BYTES = 512 << 10;

    private FullDeviceWorker() {}

    public static void main(String[] arguments) {
        RankEnvironment environment = RankEnvironment.fromEnvironment(System.getenv());
        System.exit(Worker.run(environment, (spec, rank) -> full(DeviceFactory.real(spec, rank))));
    }

    private static Device full(Device device) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            if (method.getName().equals("allocate") && (Long) arguments[0] > FREE_BYTES) {
                throw new OutOfMemoryException("allocating " + arguments[0] + " bytes on a full device: out of memory; "
                        + FREE_BYTES + " of 1073741824 bytes are free");
            }
            try {
                return method.invoke(device, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        return (Device) Proxy.newProxyInstance(Device.class.getClassLoader(), new Class<?>[] {Device.class}, handler);
    }
}

package dev.assay.run;

import dev.assay.device.Device;
import dev.assay.worker.DeviceFactory;
import dev.assay.worker.RankEnvironment;
import dev.assay.worker.Worker;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** A worker whose device computes well but reports one flipped bit in every checksum. */
public final class FlippedBitWorker {
    private FlippedBitWorker() {}

    public static void main(String[] arguments) {
        RankEnvironment environment = RankEnvironment.fromEnvironment(System.getenv());
        System.exit(Worker.run(environment, (spec, rank) -> flipped(DeviceFactory.real(spec, rank))));
    }

    private static Device flipped(Device device) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            try {
                Object result = method.invoke(device, arguments);
                return method.getName().equals("checksum") ? (Long) result ^ 1 : result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        return (Device) Proxy.newProxyInstance(Device.class.getClassLoader(), new Class<?>[] {Device.class}, handler);
    }
}

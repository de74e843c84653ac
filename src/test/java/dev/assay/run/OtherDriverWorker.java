package dev.assay.run;

import dev.assay.device.Device;
import dev.assay.measurement.DeviceIdentity;
import dev.assay.worker.DeviceFactory;
import dev.assay.worker.RankEnvironment;
import dev.assay.worker.Worker;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** A worker whose device computes well but has another driver than its fleet. */
public final class OtherDriverWorker {
    private OtherDriverWorker() {}

    public static void main(String[] arguments) {
        RankEnvironment environment = RankEnvironment.fromEnvironment(System.getenv());
        System.exit(Worker.run(environment, (spec, rank) -> older(DeviceFactory.real(spec, rank))));
    }

    private static Device older(Device device) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            try {
                Object result = method.invoke(device, arguments);
                return result instanceof DeviceIdentity identity ? older(identity) : result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        return (Device) Proxy.newProxyInstance(Device.class.getClassLoader(), new Class<?>[] {Device.class}, handler);
    }

    private static DeviceIdentity older(DeviceIdentity identity) {
        return new DeviceIdentity(
                identity.kind(),
                identity.model(),
                identity.uuid(),
                identity.serial(),
                "an older driver",
                identity.memoryBytes(),
                identity.multiprocessors(),
                identity.computeCapability(),
                identity.maxSmClockMhz(),
                identity.libraries(),
                identity.facts());
    }
}

package dev.assay.run;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** An object behind one of its interfaces, whose calls are seen after they were made: how tests give a device a fault. */
final class Intercepted {
    /** What is done after a call. */
    interface After {
        /**
         * @param arguments of the call; empty where it has none
         * @param result of the real object, which is nothing for a method that returns nothing
         * @return what the caller gets
         */
        Object seen(String method, Object[] arguments, Object result);
    }

    private Intercepted() {}

    static <T> T of(Class<T> face, T real, After after) {
        Object proxy =
                Proxy.newProxyInstance(face.getClassLoader(), new Class<?>[] {face}, (self, method, arguments) -> {
                    try {
                        Object result = method.invoke(real, arguments);
                        return after.seen(method.getName(), arguments == null ? new Object[0] : arguments, result);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        return face.cast(proxy);
    }
}

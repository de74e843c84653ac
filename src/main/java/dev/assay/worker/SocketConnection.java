package dev.assay.worker;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.Optional;
import java.util.function.Consumer;

/** A proved connection: frames out from any thread, frames in on one of its own. */
final class SocketConnection implements World.Connection, Hub.Peer {
    private final Socket socket;
    private final DataOutputStream out;
    private volatile boolean closing;

    SocketConnection(Socket socket, DataOutputStream out) {
        this.socket = socket;
        this.out = out;
    }

    @Override
    public synchronized void send(Frame frame) throws IOException {
        if (frame.kind() == Frame.Kind.BYE) {
            closing = true;
        }
        frame.write(out);
    }

    @Override
    public Optional<World.Route> route() {
        return Optional.of(new World.Route(
                socket.getLocalAddress().getHostAddress(),
                socket.getInetAddress().getHostAddress()));
    }

    /** Hands on every frame until the other side is gone. */
    void listen(String from, DataInputStream in, Consumer<Frame> receiver, Runnable gone) {
        Thread thread = new Thread(
                () -> {
                    try {
                        while (true) {
                            receiver.accept(Frame.read(in));
                        }
                    } catch (IOException e) {
                        if (!closing) {
                            gone.run();
                        }
                    }
                },
                "listening to " + from);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        closing = true;
        try {
            socket.close();
        } catch (IOException e) {
            System.err.println("closing a connection that is gone already: " + e);
        }
    }
}

package io.sluice.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.net.URI;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Event loops and how to connect on them. */
final class Loops implements AutoCloseable {

    private final EventLoopGroup group;

    Loops(String name, int threads) {
        var factory = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        group = new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name, true), factory);
    }

    EventLoop next() {
        return group.next();
    }

    static Future<Void> connect(EventLoop loop, URI server, ChannelHandler handler) {
        return new Bootstrap()
                .group(loop)
                .channel(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 10_000)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(handler);
                    }
                })
                .connect(server.getHost(), portOf(server));
    }

    /** Runs on the loop and waits: what a loop owns is read only there. */
    static <T> T on(EventLoop loop, Callable<T> work) throws InterruptedException {
        return loop.submit(work).sync().getNow();
    }

    static void on(EventLoop loop, Runnable work) throws InterruptedException {
        loop.submit(work).sync();
    }

    static int portOf(URI server) {
        if (server.getScheme().equals("https") || server.getScheme().equals("wss")) {
            throw new IllegalArgumentException("the load clients speak no TLS: " + server);
        }
        return server.getPort() > 0 ? server.getPort() : 80;
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}

using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pawl.Stores.Tests;

/// <summary>
/// A layer between SQLite and the disk (https://sqlite.org/c3ref/io_methods.html). It knows how much of each write-ahead log is durable,
/// and makes writes to chosen files fail. The store runs unchanged above it.
/// </summary>
internal static unsafe class FaultyDisk
{
    private const int Ok = 0;
    private const int MethodsSize = 19 * 8;

    // Where the functions stand in sqlite3_vfs and sqlite3_io_methods, in pointers.
    private const int VfsOpen = 5;
    private const int Write = 3;
    private const int Sync = 5;
    private const int FileSize = 6;

    private static readonly ConcurrentDictionary<nint, nint> s_methods = new();
    private static readonly ConcurrentDictionary<nint, File> s_files = new();
    private static readonly ConcurrentDictionary<string, long> s_synced = new();
    private static readonly ConcurrentDictionary<string, int> s_syncs = new();
    private static readonly ConcurrentDictionary<string, int> s_faults = new();
    private static readonly delegate* unmanaged[Cdecl]<nint, byte*, nint, int, int*, int> s_open = Install();

    private sealed record File(string Path, nint Methods);

    /// <summary>Stands below SQLite from here on.</summary>
    public static void Use() => RuntimeHelpers.RunClassConstructor(typeof(FaultyDisk).TypeHandle);

    /// <summary>How many bytes of that write-ahead log a power cut now would leave.</summary>
    public static long SyncedLength(string path) => s_synced.GetValueOrDefault(path);

    /// <summary>How often that file has been synchronised.</summary>
    public static int Syncs(string path) => s_syncs.GetValueOrDefault(path);

    /// <summary>
    /// Makes every write to files whose path starts like this fail with a result code of SQLite; 0 makes them succeed again.
    /// </summary>
    public static void Fail(string pathPrefix, int code)
    {
        if (code == Ok)
            s_faults.TryRemove(pathPrefix, out _);
        else
            s_faults[pathPrefix] = code;
    }

    private static delegate* unmanaged[Cdecl]<nint, byte*, nint, int, int*, int> Install()
    {
        SQLitePCL.Batteries_V2.Init();
        var vfs = (nint*)FindVfs(null);
        var original = (delegate* unmanaged[Cdecl]<nint, byte*, nint, int, int*, int>)vfs[VfsOpen];
        vfs[VfsOpen] = (nint)(delegate* unmanaged[Cdecl]<nint, byte*, nint, int, int*, int>)&OnOpen;
        return original;
    }

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_vfs_find", CallingConvention = CallingConvention.Cdecl)]
    private static extern nint FindVfs(byte* name);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnOpen(nint vfs, byte* name, nint file, int flags, int* outFlags)
    {
        var result = s_open(vfs, name, file, flags, outFlags);
        if (result == Ok && name != null)
        {
            ref var methods = ref *(nint*)file;
            s_files[file] = new(Marshal.PtrToStringUTF8((nint)name)!, methods);
            methods = s_methods.GetOrAdd(methods, Wrap);
        }
        return result;
    }

    private static nint Wrap(nint original)
    {
        var wrapped = Marshal.AllocHGlobal(MethodsSize);
        Buffer.MemoryCopy((void*)original, (void*)wrapped, MethodsSize, MethodsSize);
        ((nint*)wrapped)[Write] = (nint)(delegate* unmanaged[Cdecl]<nint, nint, int, long, int>)&OnWrite;
        ((nint*)wrapped)[Sync] = (nint)(delegate* unmanaged[Cdecl]<nint, int, int>)&OnSync;
        return wrapped;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnWrite(nint handle, nint bytes, int count, long offset)
    {
        var file = s_files[handle];
        foreach (var (prefix, code) in s_faults)
        {
            if (file.Path.StartsWith(prefix, StringComparison.Ordinal))
                return code;
        }
        return ((delegate* unmanaged[Cdecl]<nint, nint, int, long, int>)((nint*)file.Methods)[Write])(handle, bytes, count, offset);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnSync(nint handle, int flags)
    {
        var file = s_files[handle];
        var result = ((delegate* unmanaged[Cdecl]<nint, int, int>)((nint*)file.Methods)[Sync])(handle, flags);
        long size;
        if (result == Ok && ((delegate* unmanaged[Cdecl]<nint, long*, int>)((nint*)file.Methods)[FileSize])(handle, &size) == Ok)
            s_synced[file.Path] = size;
        s_syncs.AddOrUpdate(file.Path, 1, static (_, n) => n + 1);
        return result;
    }
}

namespace Pawl.Redis;

/// <summary>The scripts, each of which the server runs as one step. Each is a file in <c>Scripts</c>.</summary>
internal static class RedisScripts
{
    public static readonly string Rotate = ReadForSession("rotate");
    public static readonly string Update = ReadForSession("update");
    public static readonly string Bind = ReadForSession("bind");
    public static readonly string End = ReadForSession("end");
    public static readonly string Prune = ReadForSession("prune");
    public static readonly string Create = Read("create");
    public static readonly string Enter = Read("enter");
    public static readonly string Index = Read("index");
    public static readonly string WriteKeys = Read("write-keys");

    private static string ReadForSession(string name) => SessionLayout.Lua + Read(name);

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(RedisScripts).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}

namespace Pawl.Redis;

/// <summary>What is done in one step, on the server. Each is a file in <c>Scripts</c>.</summary>
internal static class RedisScripts
{
    public static readonly string Rotate = Read("rotate");
    public static readonly string Update = Read("update");
    public static readonly string End = Read("end");
    public static readonly string Enter = Read("enter");
    public static readonly string Index = Read("index");
    public static readonly string Prune = Read("prune");
    public static readonly string WriteKeys = Read("write-keys");

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(RedisScripts).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}

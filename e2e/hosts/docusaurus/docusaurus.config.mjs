// A course as teachers write it with Docusaurus. The site with the labs stands beside it, under /faultline/.
export default {
  title: "A course",
  url: "http://localhost",
  baseUrl: "/",
  onBrokenLinks: "throw",
  scripts: [{ src: "/faultline/embed.js", async: true }],
  themes: ["@docusaurus/theme-classic"],
  plugins: [["@docusaurus/plugin-content-docs", { routeBasePath: "/", sidebarPath: undefined }]],
  themeConfig: { colorMode: { respectPrefersColorScheme: false } },
};

import { launchBrowser, watchPage } from "./test/support/browser.ts";
import { startJupyterLab } from "./test/support/jupyter-lab.ts";
import { writeFile, readFile } from "node:fs/promises";
const src = await readFile("test/browser/swap-grid-lab.test.ts","utf8");
await using lab = await startJupyterLab();
const nb = (k: string) => JSON.stringify({nbformat:4,nbformat_minor:5,metadata:{kernelspec:{name:k,display_name:"TypeScript (Counterlab)",language:"typescript"}},cells:[{id:"a",cell_type:"code",source:"1+1",metadata:{},execution_count:null,outputs:[]}]});
await writeFile(lab.notebookDir+"/swap.ipynb", nb("counterlab"));
const b = await launchBrowser(); const page = await b.newPage();
page.on("console", m => console.log("C", m.text().slice(0,300)));
const f = await watchPage(page, lab.origin);
await page.goto(lab.urlOf("swap.ipynb"));
await page.waitForSelector(".jp-NotebookPanel .jp-Cell");
for (let i=0;i<12;i++){ await new Promise(r=>setTimeout(r,500)); console.log(i, await page.locator(".jp-Dialog").count(), await page.locator(".jp-Notebook-ExecutionIndicator").first().getAttribute("data-status").catch(()=>null), await page.locator(".jp-Toolbar-kernelName").innerText().catch(()=>null)); }
console.log(await page.evaluate(async()=>JSON.stringify(Object.keys((await (await fetch("/api/kernelspecs")).json()).kernelspecs))));
await b.close(); console.log(f); console.log(lab.log().split("\n").slice(-30).join("\n"));

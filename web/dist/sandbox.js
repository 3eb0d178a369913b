"use strict";(()=>{function o(t,e,...n){return A(document.createElement(t),e,n)}function A(t,e,n){for(let[a,s]of Object.entries(e))t.setAttribute(a,s);return t.append(...n),t}var p=class{#e;#o;#n;#r;#t=new Map;#a;#s=!1;constructor(e,n,a,s){this.#e=e,this.#o=n,this.#n=a,this.#r=`/api/v1/logs?limit=${b}&visit=${encodeURIComponent(s)}`}start(){document.addEventListener("visibilitychange",()=>this.#i()),this.#i()}async refresh(){if(!this.#s){this.#s=!0;try{let e=await fetch(this.#r),{logs:n}=await e.json();if(!e.ok||!Array.isArray(n))throw new TypeError(`status ${e.status}`);this.#c(n),this.#n.textContent=""}catch{this.#n.textContent="The log cannot be read just now."}this.#s=!1}}async#i(){clearTimeout(this.#a),!document.hidden&&(this.#a=setTimeout(()=>this.#i(),$),await this.refresh())}#c(e){let n=e.slice(0,b).map(s=>{let i=this.#t.get(s.id)??H(s);return this.#t.set(s.id,i),i}),a=new Set(n);for(let[s,i]of this.#t)a.has(i)||(i.remove(),this.#t.delete(s));for(let[s,i]of n.entries()){let l=this.#e.children[s];l!==i&&this.#e.insertBefore(i,l??null)}this.#o.hidden=n.length>0}};function H(t){let e=o("span",{class:"status","data-kind":`${Math.floor(t.status/100)}`});e.textContent=String(t.status);let n=new Date(t.createdAt),a=o("summary",{},e,o("span",{class:"route"},`${t.method} ${t.route}`),o("time",{datetime:C(n)},Number.isNaN(+n)?"":n.toLocaleTimeString()),o("span",{class:"gist"},t.summary??"")),s=[t.siteKey,t.ip].filter(Boolean).join(" · "),i=o("details",{},a,o("p",{class:"hint"},s));for(let[l,m]of Object.entries({Request:t.request,Response:t.response})){if(m==null)continue;let N=typeof m=="string"?m:JSON.stringify(m,null,2),S=`${l} of ${t.route}`;i.append(o("h3",{},l),o("pre",{tabindex:"0",role:"region","aria-label":S},N))}return o("li",{},i)}var C=t=>Number.isNaN(+t)?"":t.toISOString(),b=100,$=1600;function w(t,e){if(!e)return t;let n=new DOMParser().parseFromString(t,"text/html");for(let i of n.scripts)i.setAttribute("nonce",e);let{doctype:a,documentElement:s}=n;return(a?`<!doctype ${a.name}>`:"")+s.outerHTML}var L=`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Contact</title>
    <style>
      body { margin: 1.25rem; font: 1rem/1.5 system-ui, sans-serif; }
      form { max-width: 300px; }
      form > * { display: block; margin-block-end: 0.9rem; }
      input, button { box-sizing: border-box; padding: 0.5rem 0.7rem; font: inherit; }
      input { width: 100%; }
    </style>
    <script src="/api/v1/widget.js" defer><\/script>
  </head>
  <body>
    <h1>Contact</h1>
    <form id="contact">
      <label>Your message <input name="message" value="Hello"></label>
      <div id="astracaph-container" data-sandbox-visit="VISIT"></div>
      <button type="submit">Send</button>
    </form>
    <p id="sent" role="status"></p>

    <script>
      contact.addEventListener("submit", (event) => {
        event.preventDefault();
        const token = new FormData(contact).get("astracaph-response");
        sent.textContent = token ? "Would be sent with a token." : "No token yet.";
      });
    <\/script>
  </body>
</html>
`;var r=t=>document.getElementById(t),{visit:T="",nonce:O=""}=document.documentElement.dataset,x=L.replace("VISIT",T),d=r("editor"),M=r("preview"),h=r("verify"),c=r("verdict"),f=r("verdict-body"),E=new p(r("log"),r("log-empty"),r("log-state"),T),g="",y="",v;function u(){clearTimeout(v),g=d.value,k(""),M.srcdoc=w(g,O)}function k(t){y=t,r("token").value=t,h.disabled=!t,c.textContent="",c.removeAttribute("data-success"),f.hidden=!0}async function R(){h.disabled=!0;try{let t=await fetch("/api/v1/verify",{method:"POST",headers:{"Content-Type":"application/json"},body:JSON.stringify({token:y,origin:location.origin,sandbox:T})}),e=await t.json();c.dataset.success=`${e.success===!0}`,c.textContent=`${t.status}: ${e.success?e.message:e.error}`,f.textContent=JSON.stringify(e,null,2),f.hidden=!1}catch{c.dataset.success="false",c.textContent="The server could not be reached."}h.disabled=!y,E.refresh()}d.value=x;d.addEventListener("input",()=>{clearTimeout(v),v=setTimeout(()=>d.value!==g&&u(),j)});d.addEventListener("keydown",t=>{t.key!=="Enter"||!(t.ctrlKey||t.metaKey)||(t.preventDefault(),u())});r("show").addEventListener("click",u);r("restore").addEventListener("click",()=>{d.value=x,u()});h.addEventListener("click",()=>{R()});addEventListener("message",({source:t,data:e})=>{let n=e?.type==="astracaph-verified"&&e.detail?.token;t!==M.contentWindow||typeof n!="string"||(k(n.slice(0,D)),E.refresh())});u();E.start();var j=1e3,D=8192;})();
